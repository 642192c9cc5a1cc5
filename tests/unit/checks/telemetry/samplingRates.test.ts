import assert from "node:assert/strict";
import { misplacedMeshRates } from "../../../../checks/telemetry/samplingRates";

describe("a sampling rate that Istio does not read in a mesh configuration", () => {
    it("is found with the keys that lead to it", () => {
        const config = { sampling: 5, defaultConfig: { samplingRate: 50, tracing: { sampling: 1 } } };
        const found = misplacedMeshRates({ resource: "ConfigMap istio", config });
        assert.deepEqual(
            found.map(({ keys }) => keys),
            [["sampling"], ["defaultConfig", "samplingRate"]],
        );
        assert.match(found[1]?.finding.got ?? "", /^meshConfig\.defaultConfig\.samplingRate: 50,/);
    });
});
