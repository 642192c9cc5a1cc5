import assert from "node:assert/strict";
import { checkKubernetesVersion, checkSleepAction } from "../../../../checks/cluster/kubernetesVersion";

describe("the Kubernetes version", () => {
    it("is fine at both ends of the range that Istio supports", () => {
        for (const version of ["v1.32.0", "v1.34.1-gke.1829001", "v1.36.9+k3s1"]) {
            assert.deepEqual(checkKubernetesVersion(version, "1.31.1"), [], version);
        }
    });

    it("is an error below the range, and names the Istio that would fit", () => {
        const [finding] = checkKubernetesVersion("v1.31.7", "1.31.1");
        assert.equal(finding?.severity, "error");
        assert.match(finding.expected, /1\.32 to 1\.36/);
        assert.match(finding.cure, /\(1\.28, 1\.29\)/);
    });

    it("is a warning above the range", () => {
        assert.equal(checkKubernetesVersion("v1.37.0", "1.31.1")[0]?.severity, "warning");
        assert.equal(checkKubernetesVersion("v1.35.0", "1.28.4")[0]?.severity, "warning");
    });

    it("is not judged when the server or the Istio line is unknown", () => {
        assert.equal(checkKubernetesVersion("unknown", "1.31.1")[0]?.severity, "warning");
        assert.equal(checkKubernetesVersion("v1.36.0", "1.40.0")[0]?.severity, "info");
    });

    it("is an error below 1.30 for pods that sleep before they end, which its API server refuses", () => {
        const [finding] = checkSleepAction("v1.29.8", ["collectorTier.enabled"]);
        assert.equal(finding?.severity, "error");
        assert.match(finding.expected, /1\.30 or newer: pods of collectorTier\.enabled have lifecycle\.preStop\.sleep/);
        assert.deepEqual(checkSleepAction("v1.30.0", ["collectorTier.enabled"]), []);
        assert.deepEqual(checkSleepAction("v1.29.8", []), []);
    });
});
