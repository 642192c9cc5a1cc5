import { RECEIVER_PORTS } from "../../../shared/names/ports";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { at, itemsAt, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { pipelinesOf, type CollectorFile } from "../../inventory/collectorPipelines";
import { fullName, isReady, listNames } from "../../inventory/mesh";
import { BALANCING } from "../../inventory/nextTier";
import { editFile } from "../../remediation/collectorFile";
import { endpointsCure } from "../../remediation/endpoints";
import { blockingNetworkPolicies } from "../networkPolicies";
import { exportersIn, nameOf, type Cause } from "./tierParts";
import { unknownSamplers } from "./tierNames";
import { lackingRights } from "./tierRights";
import { tlsOnOneSide } from "./tierTls";

const USUAL_PORT = RECEIVER_PORTS["otlp-grpc"];

/** Faults between a tier and the one behind it: what keeps the spans of one from the other. */
export function waysToNext(tier: TierEvidence, next: TierEvidence | undefined, evidence: Evidence): Cause[] {
    const arrived = evidence.probes.every(({ seen }) => seen);
    // While spans pass, they are advice.
    const known = arrived ? [] : [unknownSamplers(tier, evidence.discovery), lackingRights(tier)];
    return [
        ...(known.find((causes) => causes.length > 0) ?? withoutSampler(tier, next, evidence)),
        ...oneAddress(tier, next),
        ...wrongPort(tier, next),
        ...(arrived ? [] : [...tlsOnOneSide(tier, next), ...keptApart(tier, next, evidence)]),
    ];
}

function withoutSampler(tier: TierEvidence, next: TierEvidence | undefined, evidence: Evidence): Cause[] {
    const ready = next?.pods.filter(isReady) ?? [];
    const isEmpty = next !== undefined && ready.length === 0;
    // The gauge keeps its last value when the last sampler goes.
    if (tier.after.backends !== 0 && !isEmpty) return [];
    const cause = {
        ...{ id: "tier-without-samplers", resource: nameOf(tier), standing: true },
        expected: "routers that find their samplers",
    };
    if (ready.length === 0) return [{ ...cause, ...noReadySampler(next, evidence) }];
    const are = ready.length === 1 ? "is" : "are";
    return [
        {
            ...cause,
            got: `no backend (otelcol_loadbalancer_num_backends is 0), although ${listNames(ready)} ${are} ready`,
            cure: "Give the routers' service account the rights get, list and watch on endpointslices (discovery.k8s.io) in the samplers' namespace and restart them, or use the resolver dns; check that the resolver names that Service.",
        },
    ];
}

/** Why no sampler is ready, as far as the workloads beside the mesh's collector show it. */
function noReadySampler(
    next: TierEvidence | undefined,
    evidence: Evidence,
): Pick<Cause, "got" | "cure"> & Partial<Cause> {
    const usual = "Start the samplers, or correct the selector of their Service.";
    if (next === undefined) return { got: "no ready pod behind it", cure: usual };
    const [port = USUAL_PORT] = next.files.flatMap(grpcPorts);
    const isBeside = next.service?.metadata.namespace === evidence.collector?.service?.metadata.namespace;
    const why = isBeside ? endpointsCure(evidence, { service: next.service, pods: next.pods, port }) : { commands: [] };
    const says = why.got === undefined ? "" : `: ${why.got}`;
    return { cure: usual, ...why, got: `no ready pod behind ${nameOf(next)}${says}` };
}

/** A resolver that asks DNS for a Service with an address of its own finds that address, and not the samplers. */
function oneAddress(tier: TierEvidence, next: TierEvidence | undefined): Cause[] {
    const ready = next?.pods.filter(isReady) ?? [];
    const clusterIp = textAt(next?.service, "spec", "clusterIP");
    if (next === undefined || ready.length < 2 || clusterIp === undefined || clusterIp === "None") return [];
    return exportersIn(tier, BALANCING)
        .filter(({ file, name }) => at(file.config, "exporters", name, "resolver", "dns") !== undefined)
        .slice(0, 1)
        .map(({ name }) => ({
            id: "tier-not-headless",
            severity: "warning",
            resource: nameOf(next),
            expected: `a headless Service (clusterIP: None), whose name DNS answers with the address of each sampler`,
            got: `clusterIP ${clusterIp}, which is the only address that the resolver dns of ${name} finds: Kubernetes sends each connection to any of ${String(ready.length)} pods, so the spans of a trace reach different samplers`,
            cure: "Recreate it as a headless Service (clusterIP: None), or use the resolver k8s.",
            standing: true,
        }));
}

/** A port of the resolver at which the samplers' receiver does not listen. */
function wrongPort(tier: TierEvidence, next: TierEvidence | undefined): Cause[] {
    const listening = [...new Set((next?.files ?? []).flatMap(grpcPorts))];
    const [right] = listening;
    if (next === undefined || right === undefined) return [];
    return exportersIn(tier, BALANCING).flatMap(({ file, name }): Cause[] => {
        const resolver = mapAt(file.config, "exporters", name, "resolver");
        const way = "k8s" in resolver ? "k8s" : "dns" in resolver ? "dns" : undefined;
        if (way === undefined) return [];
        const key = way === "k8s" ? "ports" : "port";
        const given = way === "k8s" ? itemsAt(resolver, "k8s", "ports") : [at(resolver, "dns", "port")];
        const ports = given.filter((port) => port !== undefined).map(Number);
        if ((ports.length === 0 ? [USUAL_PORT] : ports).some((port) => listening.includes(port))) return [];
        const keys = ["exporters", name, "resolver", way, key];
        return [
            {
                id: "tier-wrong-port",
                resource: nameOf({ service: tier.service }),
                expected: `the port of the samplers' OTLP/gRPC receiver: ${listening.join(", ")}`,
                got: `${keys.join(".")} is ${ports.join(", ")} in ConfigMap ${fullName(file.configMap)}, so no connection reaches a receiver`,
                cure: `Set ${keys.join(".")} to ${String(right)}, and restart the routers.`,
                standing: true,
                commands: editFile(file, [{ keys, value: way === "k8s" ? [right] : String(right) }], tier.pods),
            },
        ];
    });
}

/** Ports of the OTLP/gRPC receivers of a configuration's traces pipelines. */
function grpcPorts({ config }: CollectorFile): number[] {
    return pipelinesOf(config)
        .flatMap(({ receivers }) => receivers)
        .flatMap((name) => {
            const protocols = mapAt(config, "receivers", name, "protocols");
            if (!name.startsWith("otlp") || !("grpc" in protocols)) return [];
            const endpoint = textAt(protocols, "grpc", "endpoint") ?? `:${String(USUAL_PORT)}`;
            const port = Number(/:(\d+)$/.exec(endpoint)?.[1]);
            return Number.isNaN(port) ? [] : [port];
        });
}

/** NetworkPolicies that keep all spans of a tier from the next one. */
function keptApart(tier: TierEvidence, next: TierEvidence | undefined, evidence: Evidence): Cause[] {
    const passes = grownBy(tier, "accepted") === 0 || next === undefined || grownBy(next, "accepted") > 0;
    if (passes) return [];
    const pairs: [PodObject | undefined, PodObject | undefined][] = next.pods
        .filter(isReady)
        .map((pod) => [tier.pods.find(isReady), pod]);
    const [port = USUAL_PORT] = next.files.flatMap(grpcPorts);
    const [blocked] = pairs.flatMap(
        ([from, to]) => blockingNetworkPolicies({ from, to, port, what: "spans" }, evidence) ?? [],
    );
    if (blocked === undefined) return [];
    const expected = `NetworkPolicies that allow spans from ${nameOf(tier)} to ${nameOf(next)}`;
    return [{ id: "tier-network-policy", expected, standing: true, ...blocked }];
}
