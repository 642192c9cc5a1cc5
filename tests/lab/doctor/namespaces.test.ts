import assert from "node:assert/strict";
import { binomialBounds } from "../../../doctor/analyzers/sampling/binomial";
import { isDeepStrictEqual } from "node:util";
import type { Cluster } from "../../../lab/cluster";
import { BACKEND_IMAGE } from "../../../components/versions";
import { rateRows } from "../../../doctor/report/inventory";
import { apply } from "./faults";
import { assertHealthy, examine } from "./examine";
import { GUEST, makeGuest, removeGuest, startPod } from "../support/guestNamespace";
import { eventually, labWithProgram, kubectl, program } from "../support/sharedLab";

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

    it("names a pod there that is older than the label, and nothing else", async () => {
        await eventually(30, async () => {
            const { findings } = await examine(lab, { requests: 20 });
            const found = findings.map(({ id, severity, got }) => `${severity} ${id}: ${got}`).join("; ");
            return found === "warning sidecars-missing: no sidecar in 1 of 3 pods, of bystander" || found;
        });
        kubectl(lab, "delete", "pod", "bystander", "-n", GUEST, "--grace-period=1");
        await assertHealthy(lab);
    });

    it("tells the rate of each namespace, and what a sidecar there has live", async () => {
        const selector = { matchLabels: { run: "buyer" } };
        apply(lab, {
            apiVersion: "telemetry.istio.io/v1",
            kind: "Telemetry",
            metadata: { name: "buyer", namespace: GUEST },
            spec: { selector, tracing: [{ randomSamplingPercentage: 50 }] },
        });
        try {
            await eventually(30, async () => {
                // A sidecar that has not got the new rate yet is a finding, and a true one.
                const { findings, inventory } = await examine(lab);
                if (findings.length > 0) return findings.map(({ id, got }) => `${id}: ${got}`).join("; ");
                const rows = rateRows(inventory).map(({ rate, who, live }) => `${rate} ${who}, live ${live}`);
                const expected = [
                    "100 % demo, live 100 %",
                    `25 % ${GUEST}, live 25 %`,
                    `50 % ${GUEST}/buyer, live 50 %`,
                ];
                return isDeepStrictEqual(rows, expected) || rows.join("; ");
            });
        } finally {
            kubectl(lab, "delete", "telemetry", "buyer", "-n", GUEST);
        }
    });

    it("follows a path into it, and says that its rate decides nothing there", async () => {
        const path = { from: "deploy/frontend", namespace: "demo", to: `http://x.${GUEST}` };
        const { healthy, findings, trace } = await examine(lab, path);
        assert.deepEqual(
            findings.map(({ id, severity }) => `${severity} ${id}`),
            ["info sampling-decided-at-entry"],
        );
        assert.match(findings[0]?.got ?? "", /^25 percent .* that pod decides with 100 percent/);
        assert.equal(healthy, true);
        assert.deepEqual([...new Set(trace?.spans.map(({ service }) => service))].sort(), [
            "frontend.demo",
            `x.${GUEST}`,
        ]);
    });

    it("follows a path out of it, and measures the rate of its own", async () => {
        const path = { from: "pod/buyer", namespace: GUEST, to: "http://backend.demo" };
        const { sampling, healthy, findings } = await eventually(30, async () => {
            const diagnosis = await examine(lab, { ...path, requests: 200 });
            return diagnosis.sampling.livePercent === 25 ? diagnosis : "the rate of the test before";
        });
        assert.equal(healthy, true);
        assert.deepEqual(
            findings.map(({ id }) => id),
            ["sampling-decided-at-entry"],
        );
        // The report's own interval misses the true share in one of twenty runs.
        const { least, greatest } = binomialBounds(sampling.requests, 0.25, 1e-6);
        const traces = sampling.traces ?? NaN;
        assert.ok(traces >= least && traces <= greatest, `${String(traces)} of ${String(sampling.requests)}`);
    });

    it("finds nothing where a VirtualService leads half of the requests into it", async () => {
        const route = ["backend.demo.svc.cluster.local", `x.${GUEST}.svc.cluster.local`].map((host) => ({
            destination: { host },
            weight: 50,
        }));
        const spec = { hosts: ["backend"], http: [{ route }] };
        const metadata = { name: "split", namespace: "demo" };
        apply(lab, { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec });
        try {
            const { healthy, findings } = await examine(lab);
            assert.ok(healthy, findings.map(({ id, got }) => `${id}: ${got}`).join("; "));
        } finally {
            kubectl(lab, "delete", "virtualservice", "split", "-n", "demo");
        }
    });
});
