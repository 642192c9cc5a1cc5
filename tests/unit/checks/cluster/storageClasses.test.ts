import assert from "node:assert/strict";
import { checkStorageClass } from "../../../../checks/cluster/storageClasses";

const standard = {
    metadata: { name: "standard", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } },
};
const ssd = { metadata: { name: "ssd" } };

describe("the StorageClass of Jaeger's volume", () => {
    it("is fine when the cluster has it, or a default one where none is named", () => {
        assert.deepEqual(checkStorageClass([standard, ssd], "ssd"), []);
        assert.deepEqual(checkStorageClass([ssd, standard], undefined), []);
    });

    it("is an error when it is named and not there, and says which ones are", () => {
        const [finding] = checkStorageClass([standard, ssd], "fast");
        assert.equal(finding?.severity, "error");
        assert.equal(finding.got, "fast, where there is standard, ssd");
    });

    it("is a warning when none is named and none is the default", () => {
        const [finding] = checkStorageClass([ssd], undefined);
        assert.equal(finding?.severity, "warning");
        assert.match(finding.cure, /jaeger\.storage\.storageClass/);
        assert.equal(checkStorageClass([], undefined)[0]?.got, "no StorageClass");
    });
});
