import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { doctorMetrics, DOCTOR_SETTINGS, findsInCluster, turnsGreen } from "../support/inClusterDoctor";
import { kubectl, labWithProgram, program } from "../support/sharedLab";

describe("the doctor in the cluster", function () {
    this.timeout(600_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        assert.equal((await program(lab, "up", DOCTOR_SETTINGS)).failed, undefined);
    });
    after(async () => {
        kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", "--replicas=1");
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    it("proves by a probe between its own pods that tracing works, and finds nothing", async () => {
        await turnsGreen(lab);
        const text = doctorMetrics(lab);
        assert.match(text, /^tracing_sampling_wanted_ratio \d/m);
        assert.match(text, /^tracing_sampling_seen_ratio \d/m);
        assert.match(text, /^tracing_spans_made_total [1-9]/m);
        assert.match(text, /^tracing_spans_accepted_total [1-9]/m);
        assert.match(text, /^tracing_spans_stored_total [1-9]/m);
        for (const segment of ["entry", "sidecar", "routing", "propagation", "export", "reception", "storage", "query"])
            assert.ok(text.includes(`tracing_segment_state{segment="${segment}",state="ok"} 1`), text);
    });

    it("sees within two minutes that Jaeger is gone, and that it is back", async () => {
        kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", "--replicas=0");
        assert.match(await findsInCluster(lab, "collector-endpoints-ready"), /segment="export",severity="error"/);
        kubectl(lab, "scale", "deployment/jaeger", "-n", "istio-system", "--replicas=1");
        await turnsGreen(lab);
    });
});
