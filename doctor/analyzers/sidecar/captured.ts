import { isIP } from "node:net";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { isInRange } from "../../../shared/values/addresses";
import { textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { injectedBy } from "../../inventory/mesh";
import { rollableOf } from "../../inventory/workload";
import type { Draft } from "../draft";
import { targetPort } from "./filterChain";
import { templateCommands } from "./injection";

/** Init containers with the command line of `istio-iptables`; with Istio's CNI plugin, the second one only checks it. */
const CONTAINERS = ["istio-init", "istio-validation"];
const ANNOTATION = "traffic.sidecar.istio.io/";
/** Ports that the injector always adds to the excluded ones. */
const STATUS_PORTS = ["15090", "15021", "15020"];

/** What decides whether a pod's sidecar gets a request. */
interface Setting {
    /** Of `istio-iptables`. */
    flag: string;
    /** Below `global.proxy` of Istio's values. */
    value: string;
    /** The pod's annotation, without its prefix. */
    annotation: string;
}

const same = (flag: string, name: string): Setting => ({ flag, value: name, annotation: name });
const INCLUDE_RANGES: Setting = { flag: "-i", value: "includeIPRanges", annotation: "includeOutboundIPRanges" };
const EXCLUDE_RANGES: Setting = { flag: "-x", value: "excludeIPRanges", annotation: "excludeOutboundIPRanges" };
const INCLUDE_OUTBOUND = same("-q", "includeOutboundPorts");
const EXCLUDE_OUTBOUND = same("-o", "excludeOutboundPorts");
const INCLUDE_INBOUND = same("-b", "includeInboundPorts");
const EXCLUDE_INBOUND = same("-d", "excludeInboundPorts");

/** A setting that leads requests around a sidecar, and the list with which it would not. */
interface Leak {
    setting: Setting;
    listed: string[];
    what: string;
    corrected: string[];
}

/**
 * Requests that go around the sidecar of a pod by the values of Istio's installation, which the injector wrote into the
 * pod; undefined if annotations of the pod's own decide, or if its init containers do not show it.
 *
 * Source: https://github.com/istio/istio/blob/release-1.31/manifests/charts/istio-control/istio-discovery/files/injection-template.yaml
 */
export function leftOutByValues(
    pod: PodObject,
    direction: "inbound" | "outbound",
    evidence: Pick<Evidence, "path" | "mesh" | "discovery">,
): Pick<Draft, "got" | "cure" | "commands"> | undefined {
    const leak = direction === "outbound" ? leakOfSource(pod, evidence.path) : leakOfTarget(pod, evidence.path);
    if (leak === undefined || isOwn(pod, leak.setting, evidence)) return undefined;
    const { setting, listed, what, corrected } = leak;
    const { mesh } = evidence;
    const name = `global.proxy.${setting.value}`;
    const workload = rollableOf(pod);
    const annotations = { [ANNOTATION + setting.annotation]: corrected.join(",") };
    return {
        got: `${name} of Istio's values is ${listed.join(",") || "empty"}, which excludes ${what}`,
        cure:
            `Correct ${name} in the values of istiod's installer (${mesh.installer}, revision ${mesh.revision}), then restart the workloads.` +
            (workload === undefined
                ? ""
                : " The commands set the annotation that overrides it, for this workload only."),
        commands: workload === undefined ? [] : templateCommands(workload, pod, { metadata: { annotations } }),
    };
}

/** Ports take precedence over addresses: first the excluded ones, then the included ones. */
function leakOfSource(pod: PodObject, { service, port, targets }: Evidence["path"]): Leak | undefined {
    const listed = listsOf(pod);
    const [number, address] = [String(port), addressOf(service?.spec?.clusterIP) ?? targets[0]?.status?.podIP];
    if (listed === undefined) return undefined;
    const without = excludedBy(listed, EXCLUDE_OUTBOUND, (one) => one === number, `port ${number}`);
    if (without !== undefined) return without;
    if (listed(INCLUDE_OUTBOUND).some((one) => one === number || one === "*") || address === undefined)
        return undefined;
    const of = `${address}${service === undefined ? "" : ` of Service ${service.metadata.namespace ?? ""}/${service.metadata.name}`}`;
    const excluded = excludedBy(listed, EXCLUDE_RANGES, (range) => isInRange(address, range), of);
    if (excluded !== undefined) return excluded;
    const ranges = listed(INCLUDE_RANGES);
    if (ranges.some((range) => range === "*" || isInRange(address, range))) return undefined;
    const own = `${address}/${isIP(address) === 4 ? "32" : "128"}`;
    return { setting: INCLUDE_RANGES, listed: ranges, what: of, corrected: [...ranges, own] };
}

function leakOfTarget(pod: PodObject, path: Evidence["path"]): Leak | undefined {
    const listed = listsOf(pod);
    const number = targetPort(pod, path);
    if (listed === undefined || number === undefined) return undefined;
    const [port, what] = [String(number), `port ${String(number)}`];
    const included = listed(INCLUDE_INBOUND);
    if (included.includes("*")) return excludedBy(listed, EXCLUDE_INBOUND, (one) => one === port, what);
    return included.includes(port)
        ? undefined
        : { setting: INCLUDE_INBOUND, listed: included, what, corrected: [...included, port] };
}

type Lists = (setting: Setting) => string[];

/** The lists of a pod's redirection; undefined without their command line. */
function listsOf({ spec }: PodObject): Lists | undefined {
    const args = spec?.initContainers?.find(({ name }) => CONTAINERS.includes(name))?.args;
    if (args === undefined || !args.includes(INCLUDE_RANGES.flag)) return undefined;
    return ({ flag }) => {
        const at = args.indexOf(flag);
        const list = at < 0 ? "" : (args[at + 1] ?? "");
        return list
            .split(",")
            .map((one) => one.trim())
            .filter((one) => one !== "");
    };
}

/** A list that excludes something, and the rest of it. */
function excludedBy(
    listed: Lists,
    setting: Setting,
    isMeant: (one: string) => boolean,
    what: string,
): Leak | undefined {
    const all = listed(setting).filter((one) => !STATUS_PORTS.includes(one));
    const corrected = all.filter((one) => !isMeant(one));
    return corrected.length === all.length ? undefined : { setting, listed: all, what, corrected };
}

/** True for an annotation that somebody wrote. With Istio's CNI plugin, the injector writes its values as annotations. */
function isOwn(
    pod: PodObject,
    { annotation, value }: Setting,
    { mesh, discovery }: Pick<Evidence, "mesh" | "discovery">,
): boolean {
    const written = pod.metadata.annotations?.[ANNOTATION + annotation];
    if (written === undefined) return false;
    const revision = injectedBy(pod) ?? mesh.revision;
    const injector = itemsOf(discovery.injectors).find((one) => one.revision === revision);
    return textAt(injector?.proxyValues, value) !== written;
}

function addressOf(clusterIP: string | undefined): string | undefined {
    return clusterIP !== undefined && isIP(clusterIP) !== 0 ? clusterIP : undefined;
}
