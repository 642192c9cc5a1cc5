import { describePort, isGrpcPort } from "../../../checks/mesh/servicePorts";
import { hasLabels, labelPairs } from "../../../shared/kubernetes/labelSelectors";
import type { SpecObject } from "../../../shared/kubernetes/objects";
import { servedPort, targetPortOf } from "../../../shared/kubernetes/services";
import { SIDECAR_CONTAINER } from "../../../shared/names/istio";
import { at, isPlainObject, listAt, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { fullName, sidecarOf } from "../../inventory/mesh";
import { routeOnPath } from "../../inventory/virtualServices";
import { patchCommand } from "../../remediation/commands";
import { leadTo } from "../../remediation/servicePort";
import { targetPort } from "../sidecar/filterChain";
import { inboundPast, withoutAnnotations } from "../sidecar/bypassed";
import type { Cause } from "./cause";
import { otherTls, ruleOfTarget } from "./targetTls";
import { blockingNetworkPolicies } from "../networkPolicies";
import { markPort } from "../../remediation/servicePort";

/**
 * The object that prevents an answer to requests of the path: a subset without pods, TLS that the target rejects, a
 * time limit, or a port on which no container listens.
 */
export function whyNoAnswer(evidence: Evidence): Cause | undefined {
    const route = routeOnPath(evidence)?.object;
    const rule = ruleOfTarget(evidence);
    return (
        (route && (withoutSubset(route, rule, evidence) ?? withoutTime(route, evidence))) ??
        (rule && otherTls(rule, evidence)) ??
        wrongTarget(evidence) ??
        pastSidecar(evidence) ??
        markedHttp2(evidence) ??
        deniedByNetwork(evidence)
    );
}

/** A NetworkPolicy between the source and the target. */
function deniedByNetwork(evidence: Evidence): Cause | undefined {
    const { path } = evidence;
    for (const to of path.targets) {
        const port = targetPort(to, path);
        const denied =
            port === undefined
                ? undefined
                : blockingNetworkPolicies({ from: path.source, to, port, what: "requests" }, evidence);
        if (denied !== undefined) return denied;
    }
    return undefined;
}

/** A target whose annotations lead requests around its sidecar: they come encrypted to an application that takes plain text. */
function pastSidecar({ path }: Evidence): Cause | undefined {
    for (const pod of path.targets.filter((target) => sidecarOf(target) !== undefined)) {
        const port = targetPort(pod, path);
        const names = port === undefined ? [] : inboundPast(pod, port);
        const shown = names.map((name) => `${name}: ${JSON.stringify(pod.metadata.annotations?.[name])}`);
        if (names.length === 0) continue;
        return {
            resource: `Pod ${fullName(pod)}`,
            got:
                `annotations ${shown.join(", ")} make port ${String(port)} bypass its sidecar, but the source's ` +
                "sidecar encrypts requests to a pod with a sidecar",
            cure: "Remove these annotations from the pod template.",
            commands: withoutAnnotations(pod, names),
        };
    }
    return undefined;
}

/** Flags of requests that never reached a process, so that its protocol is not the cause. */
const UNREACHED = ["UF", "UH", "NC", "NR", "UT", "UO"];

/** A port that is marked as HTTP/2, such as with `kubernetes.io/h2c`, of an application that uses HTTP/1.1. */
function markedHttp2({ path: { service, port }, responseFlags }: Evidence): Cause | undefined {
    const served = servedPort(service, port);
    const flags = responseFlags?.split(",") ?? [];
    if (service === undefined || served === undefined || !isGrpcPort(served)) return undefined;
    if (flags.some((flag) => UNREACHED.includes(flag))) return undefined;
    const index = (service.spec?.ports ?? []).indexOf(served);
    return {
        resource: `Service ${fullName(service)}`,
        got:
            `port ${describePort(served)}, for which sidecars use HTTP/2, but the application does not answer in ` +
            "HTTP/2",
        cure: "If the application uses HTTP/1.1, set appProtocol: http on that port. Otherwise, see its log.",
        commands: [markPort(service, index, "http")],
    };
}

/** A targetPort of the application's Service that its pods do not declare. */
function wrongTarget({ path }: Evidence): Cause | undefined {
    const { service, port, targets } = path;
    const target = targetPortOf(service, port);
    const declared = targets
        .flatMap(({ spec }) => spec?.containers ?? [])
        .filter(({ name }) => name !== SIDECAR_CONTAINER)
        .flatMap(({ ports }) => ports ?? []);
    const fits = declared.some(({ name, containerPort }) => name === target || containerPort === target);
    if (service === undefined || declared.length === 0 || fits) return undefined;
    const ports = [...new Set(declared.map(({ containerPort }) => containerPort))];
    const [only, another] = ports;
    return {
        resource: `Service ${fullName(service)}`,
        got: `targetPort ${String(target)} of port ${String(port)}, but its pods declare ${ports.join(", ")}`,
        cure: "Set targetPort to the port on which the application listens.",
        commands: only === undefined || another !== undefined ? [] : leadTo(service, port, only),
    };
}

/** A subset that no DestinationRule defines, or whose labels no pod of the target has. */
function withoutSubset(
    route: SpecObject,
    rule: SpecObject | undefined,
    { path, responseFlags }: Evidence,
): Cause | undefined {
    // A log without flags excludes nothing.
    const mayBe = (flag: string): boolean => responseFlags?.split(",").includes(flag) ?? true;
    const subsets = listAt(rule?.spec, "subsets");
    const empty = new Set<string>();
    for (const [index, http] of listAt(route.spec, "http").entries()) {
        for (const [place, destination] of listAt(http, "route").entries()) {
            const name = textAt(destination, "destination", "subset");
            if (name === undefined) continue;
            const subset = subsets.find((one) => one["name"] === name);
            if (subset === undefined && mayBe("NC")) {
                const field = `/spec/http/${String(index)}/route/${String(place)}/destination/subset`;
                return {
                    resource: `VirtualService ${fullName(route)}`,
                    got:
                        `its route names the subset ${name}, which ` +
                        `${rule === undefined ? "no DestinationRule defines" : `DestinationRule ${fullName(rule)} does not define`}, ` +
                        "so sidecars have no cluster for it",
                    cure:
                        "Add that subset to a DestinationRule of the host, or remove the subset from the route to " +
                        "send requests to every pod.",
                    commands: [patchCommand("virtualservice", route, [{ op: "remove", path: field }])],
                };
            }
            const labels = mapAt(subset, "labels");
            const fits = path.targets.some(({ metadata }) => hasLabels(metadata.labels ?? {}, labels));
            if (rule !== undefined && subset !== undefined && !fits && mayBe("UH")) {
                empty.add(`${labelPairs(labels).join(",")} of its subset ${name}`);
            }
        }
    }
    if (rule === undefined || empty.size === 0) return undefined;
    return {
        resource: `DestinationRule ${fullName(rule)}`,
        got:
            `no pod of the target has the labels ${[...empty].join(", or ")}, to which VirtualService ` +
            `${fullName(route)} sends requests`,
        cure: `Correct the labels of ${empty.size > 1 ? "these subsets" : "the subset"}, or start pods with these labels.`,
        commands: [],
    };
}

/** A time limit of a route, or a delay that exceeds it. */
function withoutTime(route: SpecObject, { responseFlags }: Evidence): Cause | undefined {
    if (responseFlags?.split(",").includes("UT") !== true) return undefined;
    const limited = listAt(route.spec, "http").find(
        (http) => textAt(http, "timeout") !== undefined || isPlainObject(at(http, "fault", "delay")),
    );
    if (limited === undefined) return undefined;
    const delay = textAt(limited, "fault", "delay", "fixedDelay");
    return {
        resource: `VirtualService ${fullName(route)}`,
        got:
            "timeout " +
            `${textAt(limited, "timeout") ?? "not set"}${delay === undefined ? "" : `, fault.delay ${delay}`}, which ` +
            "ends before an answer arrives",
        cure: "Increase the route's timeout, or find out why the application is slower.",
        commands: [],
    };
}
