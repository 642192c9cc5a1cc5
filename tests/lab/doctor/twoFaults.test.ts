import assert from "node:assert/strict";
import type { Diagnosis } from "../../../doctor";
import type { Cluster } from "../../../lab/cluster";
import { keepState, patch } from "./faults";
import { assertHealthy, examine } from "./examine";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

describe("the doctor, with two faults at a time", () => {
    let lab: Cluster;
    let restore: () => Promise<void>;
    before(async () => {
        lab = await labWithProgram();
        restore = keepState(lab);
    });
    afterEach(async () => {
        await restore();
        await eventually(60, async () => {
            const { findings } = await examine(lab);
            return findings.length === 0 || findings.map(({ id }) => id).join(", ");
        });
    });
    after(() => assertHealthy(lab));

    /** Examines until the evidence breaks off there. */
    const breaksAt = (segment: string): Promise<Diagnosis> =>
        eventually(60, async () => {
            // A path that nobody named leads to no port that is taken for TCP.
            const diagnosis = await examine(lab, { from: "deploy/frontend", namespace: "demo", to: "http://backend" });
            return diagnosis.brokenAt === segment ? diagnosis : `broken at ${diagnosis.brokenAt ?? "none"}`;
        });

    it("names the segment that comes first on the way, and the other as well", async () => {
        patch(
            lab,
            "istio-system",
            "service/jaeger-collector",
            { op: "remove", path: "/spec/ports/0/appProtocol" },
            { op: "replace", path: "/spec/ports/0/name", value: "otlp" },
        );
        kubectl(lab, "delete", "service/jaeger-query", "-n", "istio-system");
        const { findings, segments } = await breaksAt("export");
        assert.deepEqual(findings.map(({ id }) => id).sort(), ["collector-port-grpc", "query-service-missing"]);
        const values = Object.values(segments.find(({ segment }) => segment === "export")?.values ?? {}).join("\n");
        assert.match(values, /during the probe \d+ calls?, 0 succeeded, [1-9]\d* failed/);
    });

    it("tells a port that is taken for TCP from a route that leads nowhere", async () => {
        patch(lab, "demo", "service/backend", { op: "replace", path: "/spec/ports/0/appProtocol", value: "tcp" });
        patch(lab, "demo", "service/backend", { op: "replace", path: "/spec/selector", value: { app: "nobody" } });
        const { findings, segments } = await breaksAt("sidecar");
        assert.ok(findings.some(({ id, segment }) => id === "target-no-endpoints" && segment === "routing"));
        const values = Object.values(segments.find(({ segment }) => segment === "sidecar")?.values ?? {}).join("\n");
        assert.match(values, /treats the port as TCP/);
    });
});
