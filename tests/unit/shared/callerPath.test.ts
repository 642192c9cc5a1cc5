import assert from "node:assert/strict";
import { callerPath } from "../../../shared/terminal/callerPath";

describe("a file that is given to a command", () => {
    const npm = { INIT_CWD: "/home/anna/work", npm_package_json: "/srv/product/package.json" };

    it("is looked up where npm was called, not where npm runs the command", () => {
        assert.equal(callerPath("mesh.yaml", npm, "/srv/product"), "/home/anna/work/mesh.yaml");
        assert.equal(callerPath("../mesh.yaml", npm, "/srv/product"), "/home/anna/mesh.yaml");
        assert.equal(callerPath("/etc/mesh.yaml", npm, "/srv/product"), "/etc/mesh.yaml");
    });

    it("is looked up in the folder of a command that was started without npm, or below another npm", () => {
        assert.equal(callerPath("mesh.yaml", {}, "/home/anna"), "/home/anna/mesh.yaml");
        assert.equal(callerPath("mesh.yaml", { INIT_CWD: "/elsewhere" }, "/home/anna"), "/home/anna/mesh.yaml");
        assert.equal(callerPath("mesh.yaml", npm, "/home/anna"), "/home/anna/mesh.yaml");
    });
});
