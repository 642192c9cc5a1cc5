import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import { apply, keepState, patch } from "./faults";
import { assertHealthy, examine } from "./examine";
import { FULL } from "../support/fullRun";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

const COLLECTOR = "service/jaeger-collector";
const TELEMETRY = "telemetry/mesh-default";

describe("the doctor's count of spans", () => {
    let lab: Cluster;
    let restore: () => Promise<void>;
    before(async () => {
        lab = await labWithProgram();
        restore = keepState(lab);
        await assertHealthy(lab);
    });
    after(async () => {
        await restore();
    });

    it("finds nothing right after a change, though connections of before are still open", async () => {
        const report = (disabled: boolean): void => {
            const path = "/spec/tracing/0/disableSpanReporting";
            patch(lab, "istio-system", TELEMETRY, { op: "add", path, value: disabled });
        };
        report(true);
        await seconds(2);
        const eight = "for i in 1 2 3 4 5 6 7 8; do curl -s -o /dev/null 'http://backend/[1-20]' & done; wait";
        kubectl(lab, "exec", "-n", "demo", "deploy/frontend", "-c", "frontend", "--", "sh", "-c", eight);
        report(false);
        await seconds(2);
        await assertHealthy(lab);
    });

    if (FULL)
        it("finds nothing right after a Sidecar resource that hid the collector was deleted", async () => {
            for (let round = 0; round < 3; round++) {
                apply(lab, {
                    apiVersion: "networking.istio.io/v1",
                    kind: "Sidecar",
                    metadata: { name: "hides", namespace: "demo" },
                    spec: { egress: [{ hosts: ["./*"] }] },
                });
                await eventually(60, async () => {
                    const { findings } = await examine(lab, { requests: 10 });
                    const ids = findings.map(({ id }) => id).join(", ");
                    return ids.includes("collector-not-visible") || ids;
                });
                kubectl(lab, "delete", "sidecars.networking.istio.io", "hides", "-n", "demo");
                await assertHealthy(lab, { requests: 30 });
            }
        });

    it("says how many are missing, of whom and after which station, when the collector is away for a while", async () => {
        const select = (app: string): void => {
            patch(lab, "istio-system", COLLECTOR, { op: "replace", path: "/spec/selector/app", value: app });
        };
        // Whether the requests are still on their way then is a matter of the machine's speed.
        const { findings, loss } = await eventually(100, async () => {
            const run = examine(lab, { requests: 2000 });
            await burstIsSeen(lab);
            select("nobody");
            await seconds(1.5);
            select("jaeger");
            const diagnosis = await run;
            const ids = diagnosis.findings.map(({ id }) => id).join(", ");
            return ids === "export-failing" ? diagnosis : ids;
        });
        assert.equal(findings[0]?.segment, "export");
        assert.match(findings[0].got, /^[1-9]\d* of \d+ calls failed.*; Envoy does not resend spans$/);
        const { made = 0, accepted = 0, found = 0, expected = 0 } = loss;
        const lost = expected - found;
        // What passes the mesh beside the doctor's requests is made and accepted as well.
        assert.ok(Math.abs(made - accepted - lost) < lost / 2, JSON.stringify(loss));
    });
});

/** Until Jaeger has a trace of a doctor's burst that began after this call. */
async function burstIsSeen(lab: Cluster): Promise<void> {
    const jaeger = new JaegerClient(lab.jaegerUrl);
    const began = Date.now() * 1000;
    await eventually(30, async () => {
        const traces = await jaeger.tracesOf("frontend.demo", 5, { startMicros: began, endMicros: Date.now() * 1000 });
        const agents = traces.flatMap(({ spans }) => spans.map(({ tags }) => tags["user_agent"] ?? ""));
        return agents.some((agent) => agent.startsWith("istio-tracing-doctor/")) || "no trace of it";
    });
}

function seconds(count: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
