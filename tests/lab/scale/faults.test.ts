import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { processesOfPod } from "../../../bench/mesh/processes";
import type { Cluster } from "../../../lab/cluster";
import { applyCure } from "../doctor/examine";
import { kubectl, labWith, restore } from "../support/sharedLab";
import { tier, tierPods } from "../support/tier";
import { changeTier, foundInTier, tierHeals } from "../support/tierFaults";

const SYSTEM = "istio-system";
const ROUTERS = "deployment/tracing-router";
const SAMPLERS = "statefulset/tracing-sampler";
const TIER = tier({ slowMs: 60_000, restPercent: 0 }, { routers: { min: 2, max: 2 } });

describe("the doctor, at two tiers of Collectors that somebody has broken,", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith(TIER);
    });
    after(() => restore(lab));

    /** The doctor names it, and finds nothing after the cure that it has printed. */
    const isFoundAndCured = async (id: string, got: RegExp): Promise<void> => {
        const finding = await foundInTier(lab, id);
        assert.match(finding.got, got);
        applyCure(lab, finding);
        await tierHeals(lab);
    };

    it("names a batch before the decision", async () => {
        changeTier(lab, SAMPLERS, ({ service }) => {
            const { traces } = service.pipelines;
            traces.processors = ["memory_limiter", "batch", ...traces.processors.slice(1, -1)];
        });
        await isFoundAndCured("batch-before-tail-sampling", /processors memory_limiter, batch, tail_sampling/);
    });

    it("names a sampler whose memory_limiter leaves its memory unused", async () => {
        changeTier(lab, SAMPLERS, ({ processors }) => {
            const limits = { check_interval: "1s", limit_mib: 10, spike_limit_mib: 2 };
            Object.assign(processors, { memory_limiter: limits });
        });
        await isFoundAndCured("tier-refuses", /limit_mib 10 of the container's \d+ MiB/);
    });

    it("names a queue that is smaller than what a decision sends", async () => {
        changeTier(lab, SAMPLERS, ({ exporters }) => {
            const exporter = exporters["otlp_grpc/jaeger"] ?? {};
            Object.assign(exporter, { sending_queue: { enabled: true, sizer: "items", queue_size: 5 } });
        });
        await isFoundAndCured("tier-queue-full", /queue_size of .* is 5 items, less than one batch/);
    });

    it("names routers that call samplers at another port", async () => {
        changeTier(lab, ROUTERS, ({ exporters }) => {
            Object.assign(exporters["load_balancing"]?.["resolver"] ?? {}, {
                k8s: { service: `tracing-sampler.${SYSTEM}`, ports: [4319] },
            });
        });
        await isFoundAndCured("tier-wrong-port", /resolver\.k8s\.ports is 4319/);
    });

    it("names a back end that is called with another protocol", async () => {
        changeTier(lab, SAMPLERS, ({ exporters }) => {
            const exporter = exporters["otlp_grpc/jaeger"] ?? {};
            exporter["endpoint"] = String(exporter["endpoint"]).replace(":4317", ":4318");
        });
        await isFoundAndCured("tier-cannot-send", /:4318, where OTLP\/HTTP is usual/);
    });

    it("names a tier that traces itself", async () => {
        const labels = { "sidecar.istio.io/inject": "true" };
        const patch = JSON.stringify({ spec: { template: { metadata: { labels } } } });
        kubectl(lab, "patch", ROUTERS, "-n", SYSTEM, "--type=merge", "-p", patch);
        kubectl(lab, "rollout", "status", ROUTERS, "-n", SYSTEM, "--timeout=180s");
        await isFoundAndCured("collector-traces-itself", /^a sidecar, which traces the calls/);
    });

    it("names one of two samplers that ends again and again", async () => {
        const args = ["--config=/nowhere.yaml"];
        const template = { spec: { containers: [{ name: "tracing-sampler", args }] } };
        // The second one alone is replaced.
        const updateStrategy = { type: "RollingUpdate", rollingUpdate: { partition: 1 } };
        const patch = JSON.stringify({ spec: { updateStrategy, template } });
        kubectl(lab, "patch", SAMPLERS, "-n", SYSTEM, "--type=strategic", "-p", patch);
        const finding = await foundInTier(lab, "pods-not-started");
        assert.match(finding.got, /tracing-sampler-1 .*nowhere\.yaml.*the other pods of the tier receive its traces/s);
        // The cure: its configuration.
        kubectl(lab, "rollout", "undo", SAMPLERS, "-n", SYSTEM);
        kubectl(lab, "delete", "pod", "tracing-sampler-1", "-n", SYSTEM, "--force", "--grace-period=0");
        await tierHeals(lab);
    });

    it("names the NetworkPolicy that keeps samplers from routers, and lets their spans in", async () => {
        const ingress = [{ from: [{ podSelector: { matchLabels: { app: "somebody" } } }], ports: [{ port: 4317 }] }];
        const patch = JSON.stringify({ spec: { ingress } });
        kubectl(lab, "patch", "networkpolicy", "tracing-sampler", "-n", SYSTEM, "--type=merge", "-p", patch);
        // The lab's network enforces no NetworkPolicy, so that its effect is made beside it.
        cutOffSamplers(lab, "add");
        const finding = await foundInTier(lab, "tier-network-policy");
        assert.match(finding.resource, /NetworkPolicy istio-system\/tracing-sampler/);
        applyCure(lab, finding);
        cutOffSamplers(lab, "del");
        await tierHeals(lab);
        kubectl(lab, "delete", "networkpolicy", "allow-spans", "-n", SYSTEM);
    });
});

/** Lets nothing that samplers answer come to another pod. */
function cutOffSamplers(lab: Cluster, action: "add" | "del"): void {
    const script = ["10.244.0.0/25", "10.244.0.128/25"].map((half) => `ip route ${action} blackhole ${half}`);
    for (const pod of tierPods(lab, "tracing-sampler")) {
        const uid = kubectl(lab, "get", "pod", pod, "-n", SYSTEM, "-o", "jsonpath={.metadata.uid}").trim();
        const [process] = processesOfPod(uid);
        const inside = ["--target", String(process?.pid), "--net", "--", "sh", "-c", script.join(" && ")];
        assert.equal(spawnSync("nsenter", inside).status, 0);
    }
}
