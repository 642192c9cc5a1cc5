import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { doctorMetrics, DOCTOR_SETTINGS, turnsGreen } from "../support/inClusterDoctor";
import { labWithProgram, program } from "../support/sharedLab";

// Jaeger gets a sidecar and loses it again.
if (FULL)
    describe("the doctor in the cluster, with a Jaeger that only the mesh may query", function () {
        this.timeout(900_000);
        let lab: Cluster;
        before(async () => {
            lab = await labWithProgram();
            const settings = { ...DOCTOR_SETTINGS, ui: '{"jaegerAccess":"mesh"}' };
            assert.equal((await program(lab, "up", settings)).failed, undefined);
        });
        after(async () => {
            assert.equal((await program(lab, "up")).failed, undefined);
        });

        it("queries it by its own identity, and takes none of its queries for a probe", async () => {
            await turnsGreen(lab);
            assert.match(doctorMetrics(lab), /^tracing_segment_state\{segment="query",state="ok"\} 1$/m);
        });
    });
