import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { applyCure, shell } from "../doctor/examine";
import { kubectl, labWithProgram, program } from "../support/sharedLab";
import { tier } from "../support/tier";
import { changeTier, foundInTier, tierHeals } from "../support/tierFaults";

const SYSTEM = "istio-system";
const ROUTERS = "deployment/tracing-router";
const SAMPLERS = "statefulset/tracing-sampler";
const TIER = tier({ slowMs: 60_000, restPercent: 0 }, { routers: { min: 2, max: 2 } });

describe("the doctor, at two tiers of Collectors that a stranger has broken,", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        assert.equal((await program(lab, "up", TIER)).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    const balance = (change: object, starts = true): void => {
        changeTier(lab, ROUTERS, ({ exporters }) => Object.assign(exporters["load_balancing"] ?? {}, change), starts);
    };
    const isFoundAndCured = async (id: string, got: RegExp): Promise<void> => {
        const finding = await foundInTier(lab, id);
        assert.match(finding.got, got);
        applyCure(lab, finding);
        await tierHeals(lab);
    };

    it("names TLS that only the routers use", async () => {
        balance({ protocol: { otlp: { timeout: "2s" } } });
        await isFoundAndCured(
            "tier-tls",
            /tls\.insecure of .* is not set, which means TLS, but the OTLP\/gRPC receiver/,
        );
    });

    it("names a resolver that looks for the samplers in another namespace, while former routers serve on", async () => {
        const resolver = { k8s: { service: "tracing-sampler.observability", ports: [4317] } };
        balance({ resolver }, false);
        await isFoundAndCured(
            "tier-without-samplers",
            /service .* is tracing-sampler\.observability, and there is no such/,
        );
    });

    it("names a key by which the spans of a trace get apart", async () => {
        balance({ routing_key: "service" });
        await isFoundAndCured("tail-sampling-routing-key", /routing_key service: spans of a trace go to several/);
    });

    it("names a filter that drops the clients' spans to save costs", async () => {
        const putBack = changeTier(lab, ROUTERS, ({ processors, service }) => {
            const span = ["kind == SPAN_KIND_CLIENT"];
            Object.assign(processors, { "filter/cost": { error_mode: "ignore", traces: { span } } });
            service.pipelines.traces.processors.push("filter/cost");
        });
        const { got, cure } = await foundInTier(lab, "spans-filtered");
        assert.match(
            got,
            /^\d+ spans .* on purpose during the requests, by .*filter\/cost \(kind == SPAN_KIND_CLIENT\)$/,
        );
        assert.match(cure, /Remove the condition that matches these spans/);
        putBack();
        await tierHeals(lab);
    });

    it("names a back end whose Service is in another namespace", async () => {
        changeTier(lab, SAMPLERS, ({ exporters }) => {
            const exporter = exporters["otlp_grpc/jaeger"] ?? {};
            exporter["endpoint"] = String(exporter["endpoint"]).replace(`.${SYSTEM}`, ".observability");
        });
        await isFoundAndCured(
            "tier-cannot-send",
            /is jaeger-collector\S*\.observability\S*, and there is no such Service/,
        );
    });

    it("names the quota that keeps one of two samplers away", async () => {
        kubectl(lab, "create", "quota", "team", "-n", SYSTEM, "--hard=limits.memory=1Gi");
        kubectl(lab, "delete", "pod", "tracing-sampler-1", "-n", SYSTEM);
        const finding = await foundInTier(lab, "pods-not-created");
        assert.match(
            `${finding.resource}: ${finding.got}`,
            /ResourceQuota istio-system\/team: requested limits\.memory=/,
        );
        // The cure: its owner raises it, and Kubernetes is to try again at once.
        kubectl(lab, "delete", "quota", "team", "-n", SYSTEM);
        const [again] = /kubectl (?:\S+ )*rollout restart \S+ -n \S+/.exec(finding.cure) ?? [];
        shell(lab, again ?? "false");
        kubectl(lab, "rollout", "status", SAMPLERS, "-n", SYSTEM, "--timeout=300s");
        await tierHeals(lab);
    });
});
