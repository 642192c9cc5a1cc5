import assert from "node:assert/strict";
import type { Cluster } from "../../lab/cluster";
import { BACKEND_IMAGE } from "../../components/versions";
import { apply } from "./doctorFaults";
import { assertHealthy, examine } from "./doctorPatient";
import { GUEST, makeGuest, removeGuest, startPod } from "./guestNamespace";
import { eventually, labWithProgram, kubectl, program } from "./sharedLab";

describe("the doctor, in a mesh with a second namespace", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        makeGuest(lab);
        const namespaces = JSON.stringify({ [GUEST]: { samplingPercent: 25 } });
        assert.equal((await program(lab, "up", { namespaces })).failed, undefined);
        startPod(lab, "buyer");
        const labels = { app: "x" };
        const container = { name: "x", image: BACKEND_IMAGE, args: ["-text=hello", "-listen=:5678"] };
        const ports = [{ name: "http", port: 80, targetPort: 5678 }];
        apply(
            lab,
            {
                apiVersion: "v1",
                kind: "Pod",
                metadata: { name: "x", namespace: GUEST, labels },
                spec: { containers: [container] },
            },
            {
                apiVersion: "v1",
                kind: "Service",
                metadata: { name: "x", namespace: GUEST },
                spec: { selector: labels, ports },
            },
        );
        kubectl(lab, "wait", "-n", GUEST, "--for=condition=Ready", "pod/x", "--timeout=60s");
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        removeGuest(lab);
    });

    it("finds nothing on a path into it", async () => {
        const path = { from: "deploy/frontend", namespace: "demo", to: `http://x.${GUEST}` };
        await eventually(30, async () => {
            const { healthy, findings } = await examine(lab, { ...path, requests: 10 });
            return healthy || findings.map(({ id, got }) => `${id}: ${got}`).join("; ");
        });
        const { trace } = await assertHealthy(lab, path);
        assert.deepEqual([...new Set(trace?.spans.map(({ service }) => service))].sort(), [
            "frontend.demo",
            `x.${GUEST}`,
        ]);
    });

    it("finds nothing on a path out of it, and measures the rate of its own", async () => {
        const path = { from: "pod/buyer", namespace: GUEST, to: "http://backend.demo" };
        const { sampling } = await assertHealthy(lab, { ...path, requests: 200 });
        assert.equal(sampling.livePercent, 25);
        assert.ok((sampling.interval?.least ?? 100) <= 25 && (sampling.interval?.greatest ?? 0) >= 25);
    });
});
