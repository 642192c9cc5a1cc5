import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pointJaegerForward, type Cluster } from "../../../lab/cluster";
import { ensureIstioctl } from "../../../lab/images/istioctl";
import { apply } from "./faults";
import { FULL } from "../support/fullRun";
import { assertHealthy, applyCure, examine, shell } from "./examine";
import { eventually, forgetProgram, kubectl, labWithProgram, program } from "../support/sharedLab";

const APPS = [
    { name: "sleep", image: "docker.io/curlimages/curl:8.16.0", command: ["sleep", "infinity"] },
    { name: "httpbin", image: "docker.io/hashicorp/http-echo:1.0.0", args: ["-text=hello"] },
];
const SAMPLE_JAEGER = join(__dirname, "../../../bench/peers/istioctl/sampleJaeger.yaml");
/** What lab/overlay.yaml sets for Helm. */
const LAB_VALUES = [
    ...["global.imagePullPolicy=Never", "telemetry.enabled=false", "pilot.autoscaleEnabled=false"],
    ...["pilot.env.PILOT_ENABLE_ALPN_FILTER=false", "pilot.env.PILOT_ENABLE_METADATA_EXCHANGE=false"],
    "pilot.resources.requests.memory=128Mi",
];
const PROVIDER = [
    "name=jaeger",
    "opentelemetry.service=jaeger-collector.istio-system.svc.cluster.local",
    "opentelemetry.port=4317",
];

// Needs Istio installed anew, which takes a minute.
if (FULL) {
    describe("the doctor, in a mesh of istioctl with Istio's own sample Jaeger", () => {
        let lab: Cluster;
        let istioctl: string;
        before(async () => {
            lab = await labWithProgram();
            istioctl = join(await ensureIstioctl(() => undefined), "istioctl");
            assert.equal((await program(lab, "destroy")).failed, undefined);
            forgetProgram();
            const sets = [
                ...["profile=minimal", "hub=docker.io/istio", "tag=1.31.1"],
                ...LAB_VALUES.map((value) => `values.${value}`),
                ...PROVIDER.map((field) => `meshConfig.extensionProviders[0].${field}`),
            ];
            shell(lab, `${istioctl} install -y ${sets.map((value) => `--set '${value}'`).join(" ")}`);
            shell(lab, "kubectl apply -f -", readFileSync(SAMPLE_JAEGER, "utf8"));
            const metadata = { name: "shop", labels: { "istio-injection": "enabled" } };
            apply(
                lab,
                { apiVersion: "v1", kind: "Namespace", metadata },
                ...APPS.map(deployment),
                service("httpbin", 8000),
            );
            for (const namespace of ["istio-system", "shop"])
                shell(lab, `kubectl rollout status deployment -n ${namespace} --timeout=90s`);
        });
        after(async () => {
            kubectl(lab, "delete", "namespace", "shop");
            shell(lab, `${istioctl} uninstall -y --purge && kubectl delete namespace istio-system`);
            await labWithProgram();
            await pointJaegerForward(lab);
        });

        it("finds a path by itself, and that no Telemetry uses the provider", async () => {
            const { path, findings } = await examine(lab);
            assert.match(path, /^shop\/sleep-\S+ -> http:\/\/httpbin:8000$/);
            assert.deepEqual(
                findings.map(({ id }) => id),
                ["telemetry-in-root-namespace"],
            );
            for (const finding of findings) applyCure(lab, finding);
        });

        it("finds nothing once its cure is applied, through Jaeger's base path and Envoy's own flush interval", async () => {
            await eventually(60, async () => {
                const { findings } = await examine(lab);
                return findings.length === 0 || findings.map(({ id, got }) => `${id}: ${got}`).join("; ");
            });
            const { mesh } = await assertHealthy(lab);
            assert.match(mesh.installer, /istioctl/);
        });
    });
}

function deployment({ name, ...container }: (typeof APPS)[number]): unknown {
    const labels = { app: name };
    const spec = { terminationGracePeriodSeconds: 1, containers: [{ name, ...container }] };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name, namespace: "shop" },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
}

function service(name: string, port: number): unknown {
    const ports = [{ name: "http", port, targetPort: 5678 }];
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name, namespace: "shop" },
        spec: { selector: { app: name }, ports },
    };
}
