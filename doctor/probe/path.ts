import { itemsOf } from "../../shared/cluster/facts";
import type { PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";
import { UserError } from "../../shared/terminal/errors";
import { fullName, isReady, podsOf, sidecarOf } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { workloadOf } from "../inventory/workload";
import { nextSteps } from "../nextSteps";
import { isDemo, candidateSources, candidateUrl } from "./defaultPath";

/** The path that the user names. The doctor finds missing parts. */
export interface PathOptions {
    /** Workload that sends the probe, such as `deploy/frontend` or `pod/NAME`. */
    from?: string;
    namespace?: string;
    /** URL of the probe. */
    to?: string;
}

/** The path of the probe. */
export interface ProbePath {
    source: PodObject;
    url: string;
    /** The Service behind the URL, if the cluster has one. */
    service: ServiceObject | undefined;
    /** Port of that Service. */
    port: number;
    /** Pods that can answer. */
    targets: PodObject[];
}

/** No pod can send a probe: a {@link UserError} with exit code 2. */
export class NobodyToAsk extends UserError {
    /** The pods that were examined. */
    readonly tried: PodObject[];

    constructor(message: string, tried: PodObject[] = []) {
        super(message, 2);
        this.tried = tried;
    }
}

/** The maximum number of sources to search for an HTTP client. */
const CANDIDATES = 8;
/** The maximum number of workloads that an error lists. */
const NAMES = 20;

/**
 * The possible paths, the best first: the one that the user named, otherwise from injected pods to Services of the
 * mesh, the demo's first.
 *
 * @throws UserError with exit code 2 if the named path does not exist.
 */
export function findPaths(options: PathOptions, discovery: Discovery): ProbePath[] {
    refuseOtherUrls(options.to);
    const pods = itemsOf(discovery.pods).filter(isReady);
    const services = itemsOf(discovery.services);
    const sources =
        options.from === undefined
            ? candidateSources(pods, options.namespace, discovery)
            : askedSources(options, pods, discovery);
    const paths = sources.flatMap((source) => {
        const found = options.to === undefined ? candidateUrl(source, services, pods) : options.to;
        return found === undefined ? [] : [{ source, url: found, ...behind(found, source, services, pods) }];
    });
    return paths.sort((left, right) => rank(right) - rank(left)).slice(0, CANDIDATES);
}

/** A command that shows whether commands run in a pod. */
export function tryCommand(pod: PodObject): string {
    const { name, namespace = "" } = pod.metadata;
    return `kubectl exec ${name} -n ${namespace} -c ${appContainer(pod)} -- true`;
}

/** The container that sends the probe: the first one that is not a sidecar. */
export function appContainer({ metadata, spec }: PodObject): string {
    const named = metadata.annotations?.["kubectl.kubernetes.io/default-container"];
    return named ?? spec?.containers?.find(({ name }) => name !== SIDECAR_CONTAINER)?.name ?? "";
}

function refuseOtherUrls(to: string | undefined): void {
    const protocol = to === undefined ? "http:" : URL.parse(to)?.protocol;
    if (protocol === "http:") return;
    const why = protocol === "https:" ? ". A sidecar cannot see requests that the application encrypts itself" : "";
    throw new UserError(`expected --to to be a URL such as http://backend, got ${JSON.stringify(to)}${why}`, 2);
}

function askedSources(
    { from = "", namespace = "default" }: PathOptions,
    pods: PodObject[],
    { pods: listed }: Discovery,
): PodObject[] {
    // The caller reports later that the pods could not be listed.
    if ("failure" in listed) return [];
    const [kind, name] = from.includes("/") ? (from.split("/", 2) as [string, string]) : ["deploy", from];
    const inNamespace = pods.filter(({ metadata }) => metadata.namespace === namespace);
    const found = inNamespace.filter((pod) =>
        /^(po|pod|pods)$/.test(kind) ? pod.metadata.name === name : workloadOf(pod) === name,
    );
    if (found.length > 0) return found.slice(0, 1);
    const all = [...new Set(inNamespace.map(workloadOf))];
    const there = all.length > NAMES ? `${all.slice(0, NAMES).join(", ")} and others` : all.join(", ");
    throw new NobodyToAsk(
        `expected ${nextSteps().source} to name a workload with a ready pod in the namespace ${namespace}, got ${from}. ` +
            `Workloads with ready pods there: ${there === "" ? "none" : there}. Next: ${nextSteps().correctSource}.`,
    );
}

function behind(
    url: string,
    source: PodObject,
    services: ServiceObject[],
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

/** The path for people. */
export function describePath({ source, url }: ProbePath): string {
    return `${fullName(source)} -> ${url}`;
}
