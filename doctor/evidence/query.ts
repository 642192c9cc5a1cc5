import { itemsOf } from "../../shared/cluster/facts";
import { JaegerClient, type AskJson } from "../../shared/jaeger/client";
import type { PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { JAEGER_PORTS } from "../../shared/names/ports";
import type { Access } from "../connection/access";
import { podsBehind, type CollectorTarget } from "../inventory/collector";
import { fullName, isReady, sidecarOf } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { basePathsOf } from "./queryBasePath";
import { nextSteps } from "../nextSteps";
import { askThrough, askUrl, type Refusal } from "./queryRequest";

/** Port of Jaeger's UI and query API: https://www.jaegertracing.io/docs/2.13/apis/ */
export const QUERY_PORT = JAEGER_PORTS.queryHttp;

/** How to query Jaeger. */
export interface QueryEvidence {
    /** The address for people: the Service, the pod or the URL. */
    where: string;
    service: ServiceObject | undefined;
    /** Ready pods behind it. */
    pods: PodObject[];
    /** Undefined if it cannot be queried. */
    client: JaegerClient | undefined;
    /** Path below which it answers, empty for none; undefined if it cannot be queried. */
    basePath: string | undefined;
    /** Why it cannot be queried, or only without its Service. */
    problem: string | undefined;
    /** The next step if no object of the mesh is responsible for the failed query, or if this may be another Jaeger. */
    blind: string | undefined;
    /** True if Jaeger answers that it failed, which it does when its storage fails. */
    failing?: boolean;
    /** Its services. */
    services: string[];
}

/** The user's options about Jaeger. */
export interface QueryOptions {
    /** Its URL, if it is not reachable through the cluster's API server. */
    jaegerUrl?: string;
    /** `USER:PASSWORD` for a Jaeger that requires a login. */
    jaegerLogin?: string;
}

/** Finds a way to query Jaeger: at the user's URL, otherwise through its Service, otherwise at its pod. */
export async function openQuery(
    access: Access,
    discovery: Discovery,
    collector: CollectorTarget | undefined,
    options: QueryOptions,
): Promise<QueryEvidence> {
    const { jaegerUrl: url, jaegerLogin: login } = options;
    if (url !== undefined) return openQueryAt(url, login);
    const service = findQueryService(discovery, collector);
    const candidates = service === undefined ? (collector?.pods ?? []) : podsBehind(service, discovery);
    const pods = candidates.filter(isReady);
    const [pod] = pods;
    const paths = await basePathsOf(access, pod);
    const ask = askThrough(access);
    const outside = collector?.serviceEntry !== undefined;
    if (service === undefined) {
        const past = await openPast(access, pod, paths, ask, login);
        const problem = `no Service has the port ${String(QUERY_PORT)} of Jaeger's query API`;
        // Not every collector is a Jaeger. A collector that forwards spans does not show where they are stored.
        return {
            ...past,
            pods,
            problem,
            blind: past.client === undefined ? (past.blind ?? nextSteps().nameJaeger) : undefined,
        };
    }
    const { name, namespace } = service.metadata;
    const port = String(queryPort(service)?.port);
    const root = `/api/v1/namespaces/${namespace ?? ""}/services/http:${name}:${port}/proxy`;
    const through = await open({ where: `Service ${fullName(service)}:${port}`, bases: below(root, paths), ask });
    const guess = outside ? nextSteps().nameJaeger : undefined;
    if (through.client !== undefined) return { ...through, service, pods, blind: guess };
    const isFinal = through.failing === true || (through.blind !== undefined && login === undefined);
    if (isFinal) return { ...through, service, pods };
    const past = await openPast(access, pod, paths, ask, login);
    if (pod !== undefined && isClosed(pod, login)) return { ...past, service, pods, blind: past.blind ?? guess };
    return { ...past, where: through.where, service, pods, problem: through.problem, blind: guess };
}

/** Queries Jaeger at the user's URL, without a cluster. */
export async function openQueryAt(url: string, login: string | undefined): Promise<QueryEvidence> {
    const { origin, pathname } = new URL(url);
    // With the API server's proxy, Jaeger's own path follows the proxy's path.
    const path = pathname.replace(/^.*\/proxy|\/$/g, "");
    const found = await open({ where: origin, bases: [{ address: withLogin(url, login), path }], ask: askUrl });
    return found.client === undefined ? { ...found, blind: found.blind ?? nextSteps().correctJaeger } : found;
}

/** The Service of Jaeger's query API, with preference for the collector's namespace. */
export function findQueryService(
    discovery: Discovery,
    collector: CollectorTarget | undefined,
): ServiceObject | undefined {
    const home = collector?.service?.metadata.namespace;
    const found = itemsOf(discovery.services).filter((service) => queryPort(service) !== undefined);
    return found.find(({ metadata }) => metadata.namespace === home) ?? found[0];
}

function queryPort({ spec }: ServiceObject): { port: number } | undefined {
    return spec?.ports?.find(isQueryPort);
}

/** True for a Service port that targets Jaeger's query API, with any number. */
export function isQueryPort({ port, targetPort }: { port: number; targetPort?: number | string }): boolean {
    return port === QUERY_PORT || targetPort === QUERY_PORT;
}

/** True for a pod whose query API is open, from outside the pod, only to the mesh or with a login. */
function isClosed(pod: PodObject, login: string | undefined): boolean {
    return sidecarOf(pod) !== undefined || login !== undefined;
}

/**
 * Queries Jaeger's pod directly. A closed one still listens inside the pod. The API server's proxy does not forward a
 * login.
 */
async function openPast(
    access: Access,
    pod: PodObject | undefined,
    paths: string[],
    ask: AskJson,
    login: string | undefined,
): Promise<QueryEvidence> {
    if (pod === undefined) return nothing("no ready pod of Jaeger", "there is none");
    const { name, namespace = "" } = pod.metadata;
    const where = `Pod ${fullName(pod)}:${String(QUERY_PORT)}`;
    if (!isClosed(pod, login)) {
        const root = `/api/v1/namespaces/${namespace}/pods/${name}:${String(QUERY_PORT)}/proxy`;
        return open({ where, bases: below(root, paths), ask });
    }
    const forward = await access.forward(namespace, name, QUERY_PORT);
    const bases = below(withLogin(forward.url, login), paths);
    const inside = await open({ where: `${where}, from inside`, bases, ask: askUrl });
    const failure = forward.failure();
    if (inside.client !== undefined || failure === undefined) return inside;
    const { reachJaeger, nameJaeger } = nextSteps();
    return { ...inside, problem: failure.reason, blind: failure.kind === "forbidden" ? reachJaeger : nameJaeger };
}

/** A possible address of the query API. */
interface Base {
    address: string;
    /** Jaeger's base path in the address; empty for none. */
    path: string;
}

function below(root: string, paths: string[]): Base[] {
    return paths.map((path) => ({ address: root.replace(/\/$/, "") + path, path }));
}

function withLogin(url: string, login: string | undefined): string {
    const found = new URL(url);
    if (login === undefined || found.username !== "") return url;
    const [user = "", ...password] = login.split(":");
    found.username = encodeURIComponent(user);
    found.password = encodeURIComponent(password.join(":"));
    return found.href;
}

/** Uses the first address at which the query API answers. */
async function open(to: { where: string; bases: Base[]; ask: AskJson }): Promise<QueryEvidence> {
    let problem = "it has no query API there (/api/services)";
    let blind: string | undefined;
    for (const { address, path } of to.bases) {
        const client = new JaegerClient(address, to.ask);
        try {
            if (!(await client.answers())) continue;
            const services = await client.services();
            const where = to.where + (path === "" ? "" : ` below ${path}`);
            return { ...nothing(where, ""), client, basePath: path, problem: undefined, services };
        } catch (error) {
            const { message, next, silent, failing } = error as Refusal;
            if (failing === true) return { ...nothing(to.where, message), failing };
            problem = message;
            blind = next;
            if (silent === true) break;
        }
    }
    return { ...nothing(to.where, problem), blind };
}

function nothing(where: string, problem: string): QueryEvidence {
    const unasked = { client: undefined, basePath: undefined, blind: undefined, services: [] };
    return { where, service: undefined, pods: [], problem, ...unasked };
}
