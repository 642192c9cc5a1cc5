import type { ServicePort } from "../checks/clusterObjects";
import { protocolOf } from "../checks/servicePorts";
import { UserError } from "../cli/ui/errors";
import { known } from "./discover";
import { fullName, isInjectionOn, isReady, podsOf, sidecarOf } from "./mesh";
import type { Discovery, PodObject, SelectingService } from "./objects";

/** Which path the user wants probed; what is not said is found. */
export interface PathOptions {
    /** Workload that sends the probe, such as `deploy/frontend` or `pod/NAME`. */
    from?: string;
    namespace?: string;
    /** URL that the probe asks for. */
    to?: string;
}

/** The way of the probe. */
export interface ProbePath {
    source: PodObject;
    url: string;
    /** The Service behind the URL, when it is one of the cluster. */
    service: SelectingService | undefined;
    /** Port of that Service. */
    port: number;
    /** Pods that may answer. */
    targets: PodObject[];
}

/** Sources among which one with an HTTP client is looked for. */
const CANDIDATES = 8;
/** Names of workloads that an error lists. */
const NAMES = 20;

/**
 * The paths that could be probed, best first: the one that was asked for, else from injected pods to Services of the
 * mesh, the demo's first.
 *
 * @throws UserError with exit code 2 when what was asked for is not there.
 */
export function findPaths(options: PathOptions, discovery: Discovery): ProbePath[] {
    refuseOtherUrls(options.to);
    const pods = known(discovery.pods).filter(isReady);
    const services = known(discovery.services);
    const sources =
        options.from === undefined
            ? likelySources(pods, options.namespace, discovery)
            : askedSources(options, pods, discovery);
    const paths = sources.flatMap((source) => {
        const found = options.to === undefined ? likelyUrl(source, services, pods) : options.to;
        return found === undefined ? [] : [{ source, url: found, ...behind(found, source, services, pods) }];
    });
    return paths.sort((left, right) => rank(right) - rank(left)).slice(0, CANDIDATES);
}

/** What shows whether commands run in a pod at all. */
export function tryCommand(pod: PodObject): string {
    const { name, namespace = "" } = pod.metadata;
    return `kubectl exec ${name} -n ${namespace} -c ${appContainer(pod)} -- true`;
}

/** The container that sends the probe: the first that is no sidecar. */
export function appContainer({ metadata, spec }: PodObject): string {
    const named = metadata.annotations?.["kubectl.kubernetes.io/default-container"];
    return named ?? spec?.containers?.find(({ name }) => name !== "istio-proxy")?.name ?? "";
}

function refuseOtherUrls(to: string | undefined): void {
    const protocol = to === undefined ? "http:" : URL.parse(to)?.protocol;
    if (protocol === "http:") return;
    const why = protocol === "https:" ? ". A sidecar sees no request in what the application encrypts itself" : "";
    throw new UserError(`expected --to to be a URL such as http://backend, got ${JSON.stringify(to)}${why}`, 2);
}

function askedSources(
    { from = "", namespace = "default" }: PathOptions,
    pods: PodObject[],
    { pods: listed }: Discovery,
): PodObject[] {
    // Whoever tries what can be tried then says that the pods could not be listed.
    if ("failure" in listed) return [];
    const [kind, name] = from.includes("/") ? (from.split("/", 2) as [string, string]) : ["deploy", from];
    const inNamespace = pods.filter(({ metadata }) => metadata.namespace === namespace);
    const found = inNamespace.filter((pod) =>
        /^(po|pod|pods)$/.test(kind) ? pod.metadata.name === name : workloadOf(pod) === name,
    );
    if (found.length > 0) return found.slice(0, 1);
    const all = [...new Set(inNamespace.map(workloadOf))];
    const there = all.length > NAMES ? `${all.slice(0, NAMES).join(", ")} and others` : all.join(", ");
    throw new UserError(
        `expected --from to name a workload with a ready pod in the namespace ${namespace}, got ${from}. ` +
            `Ready there: ${there === "" ? "none" : there}. Next: correct --from or -n NAMESPACE.`,
        2,
    );
}

/** Name of the Deployment, StatefulSet or the like that owns a pod; else its own. */
export function workloadOf({ metadata }: PodObject): string {
    const [owner] = metadata.ownerReferences ?? [];
    if (owner === undefined) return metadata.name;
    const hash = metadata.labels?.["pod-template-hash"];
    return hash === undefined ? owner.name : owner.name.replace(new RegExp(`-${hash}$`), "");
}

/** One pod of each workload that is in the mesh, or should be. */
function likelySources(pods: PodObject[], namespace: string | undefined, discovery: Discovery): PodObject[] {
    const seen = new Set<string>();
    const meant = known(discovery.namespaces)
        .filter(isInjectionOn)
        .map(({ metadata }) => metadata.name);
    return pods.filter((pod) => {
        const home = pod.metadata.namespace ?? "";
        const key = `${home}/${workloadOf(pod)}`;
        const inMesh = sidecarOf(pod) !== undefined || meant.includes(home) || isDemo(pod);
        // The pod of a gateway is a proxy and nothing else.
        const isGateway = (pod.spec?.containers ?? []).every(({ name }) => name === "istio-proxy");
        if (!inMesh || isGateway || (namespace ?? home) !== home || seen.has(key)) return false;
        seen.add(key);
        return true;
    });
}

/** A Service of the source's namespace for pods other than its own, if possible one that has some and speaks HTTP. */
function likelyUrl(source: PodObject, services: SelectingService[], pods: PodObject[]): string | undefined {
    const { namespace, labels = {} } = source.metadata;
    const others = services
        .filter(({ metadata }) => metadata.namespace === namespace)
        .filter(({ spec }) => Object.entries(spec?.selector ?? {}).some(([label, value]) => labels[label] !== value))
        .filter((service) => httpPort(service, isDemo(source)) !== undefined);
    const neighbours = pods.filter(({ metadata }) => metadata.namespace === namespace);
    const alive = others.filter((service) => podsOf(service, neighbours).length > 0);
    const marked = ({ spec }: SelectingService): boolean => spec?.ports?.some(isHttp) ?? false;
    const found = alive.find(marked) ?? alive[0] ?? others.find(marked) ?? others[0];
    if (found === undefined) return undefined;
    const port = httpPort(found, isDemo(source));
    return `http://${found.metadata.name}${port === 80 ? "" : `:${String(port)}`}`;
}

function httpPort({ spec }: SelectingService, speaksHttp: boolean): number | undefined {
    const ports = (spec?.ports ?? []).filter(({ protocol }) => (protocol ?? "TCP") === "TCP");
    // A port of another protocol would take no request, and be blamed for it; the demo's is only marked so.
    const possible = ports.find((port) => speaksHttp || protocolOf(port) === undefined);
    return (ports.find(isHttp) ?? possible)?.port;
}

function isHttp(port: Pick<ServicePort, "name" | "appProtocol">): boolean {
    return ["http", "http2"].includes(protocolOf(port) ?? "");
}

function behind(
    url: string,
    source: PodObject,
    services: SelectingService[],
    pods: PodObject[],
): Pick<ProbePath, "service" | "port" | "targets"> {
    const { hostname, port: given } = new URL(url);
    const [name = "", namespace = source.metadata.namespace, domain = "svc"] = hostname.split(".");
    const service =
        domain === "svc"
            ? services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace)
            : undefined;
    const port = given === "" ? 80 : Number(given);
    return { service, port, targets: service === undefined ? [] : podsOf(service, pods) };
}

/** Paths to injected pods first, the demo's before all. */
function rank({ source, targets }: ProbePath): number {
    return (isDemo(source) ? 2 : 0) + (targets.some((pod) => sidecarOf(pod) !== undefined) ? 1 : 0);
}

function isDemo({ metadata }: PodObject): boolean {
    return metadata.labels?.["app.kubernetes.io/part-of"] === "istio-tracing-demo";
}

/** The path in words. */
export function describePath({ source, url }: ProbePath): string {
    return `${fullName(source)} -> ${url}`;
}
