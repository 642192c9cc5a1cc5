import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
/** Of a cluster that cannot be looked at; they are told as an error of the command. */
const NO_LOOK = ["cluster-reachable", "cluster-credentials"];

describe("docs/doctor.md", () => {
    it("explains every finding that the doctor has", () => {
        const docs = readFileSync(join(ROOT, "docs", "doctor.md"), "utf8");
        const files = readdirSync(join(ROOT, "doctor"), { recursive: true, encoding: "utf8" });
        const sources = files.filter((file) => file.endsWith(".ts"));
        const ids = sources.flatMap((file) =>
            [...readFileSync(join(ROOT, "doctor", file), "utf8").matchAll(/\bid: "([\w-]+)"/g)].map(([, id]) => id),
        );
        assert.ok(ids.length > 20);
        const unexplained = ids.filter((id) => !NO_LOOK.includes(id ?? "") && !docs.includes(`| \`${id ?? ""}\``));
        assert.deepEqual(unexplained, []);
    });

    it("explains each finding once, without marks of a merge", () => {
        const docs = readFileSync(join(ROOT, "docs", "doctor.md"), "utf8");
        const rows = [...docs.matchAll(/^\| `([\w-]+)`/gm)].map(([, id]) => id);
        assert.deepEqual(
            rows.filter((id, index) => rows.indexOf(id) !== index),
            [],
        );
        assert.doesNotMatch(docs, /^(?:[<>=]{7}|(?:> ){7})/m);
    });
});
