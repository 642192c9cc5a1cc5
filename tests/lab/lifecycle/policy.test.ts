import type { Manifest } from "../../../shared/kubernetes/manifest";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseManifests } from "../../../cli/policy/manifests";
import { judgeObjects, type Violation } from "../../../cli/policy/judge";
import type { Cluster } from "../../../lab/cluster";
import { kubectl, labWithProgram } from "../support/sharedLab";

const KINDS =
    "namespaces,services,configmaps,deployments,daemonsets,telemetries.telemetry.istio.io," +
    "peerauthentications.security.istio.io,destinationrules.networking.istio.io,serviceentries.networking.istio.io";

describe("policies over objects as the API server returns them", () => {
    let lab: Cluster;
    let live: Manifest[];
    before(async () => {
        lab = await labWithProgram();
        live = parseManifests(kubectl(lab, "get", KINDS, "--all-namespaces", "-o", "json"));
    });

    const judged = (objects: Manifest[]): Violation[] =>
        judgeObjects({ objects, rendered: new Set(), whole: true }, "ci", {}, () => "the lab").flatMap(
            ({ violations }) => violations,
        );

    /** The object as the API server would keep it; nothing is written. */
    const admitted = (manifest: Manifest): Manifest[] => {
        const { status, stdout, stderr } = spawnSync(
            join(lab.artifacts.binDir, "kubectl"),
            ["create", "--dry-run=server", "-o", "json", "-f", "-"],
            { input: JSON.stringify(manifest), encoding: "utf8", env: { ...process.env, KUBECONFIG: lab.kubeconfig } },
        );
        assert.equal(status, 0, stderr);
        return parseManifests(stdout);
    };

    it("have nothing against the stack ci, charts and the cluster's own objects among them", () => {
        assert.deepEqual(judged(live), []);
        assert.ok(live.length > 25, String(live.length));
    });

    it("find what the API server and Istio's webhook take without a word", () => {
        const telemetry = (name: string, spec: Manifest): Manifest => ({
            ...{ apiVersion: "telemetry.istio.io/v1", kind: "Telemetry", metadata: { name, namespace: "demo" }, spec },
        });
        const objects = [
            ...live,
            ...admitted(telemetry("unknown-provider", { tracing: [{ providers: [{ name: "jaeger" }] }] })),
            ...admitted(telemetry("second", { tracing: [{ customTags: { who: { header: { name: "cookie" } } } }] })),
            ...admitted({
                ...{ apiVersion: "v1", kind: "Service", metadata: { name: "otel", namespace: "demo" } },
                spec: { selector: { app: "otel" }, ports: [{ name: "otlp", port: 4317 }] },
            }),
        ];
        assert.deepEqual(
            judged(objects).map(({ rule, resource }) => `${rule}: ${resource}`),
            [
                "telemetry-provider-exists: Telemetry demo/unknown-provider",
                "telemetry-one-per-namespace: Namespace demo",
                "otlp-grpc-port-marked: Service demo/otel",
                // One fault is one finding: nothing more is said of the port that lacks the mark.
                "custom-tags-secret-headers: Telemetry demo/second custom tag who",
            ],
        );
    });
});
