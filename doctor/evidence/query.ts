import { fetchJson, JaegerClient, type AskJson } from "../../cli/trace/jaegerClient";
import type { Access } from "../access";
import type { CollectorTarget } from "../collector";
import { known } from "../discover";
import { fullName, isReady, podsOf, sidecarOf } from "../mesh";
import type { Discovery, PodObject, SelectingService } from "../objects";

/** Port of Jaeger's UI and query API: https://www.jaegertracing.io/docs/2.13/apis/ */
export const QUERY_PORT = 16686;
/** Base paths under which Jaeger is often served. */
const BASE_PATHS = ["", "/jaeger"];

/** How Jaeger can be asked. */
export interface QueryEvidence {
    /** In words: the Service, the pod or the URL. */
    where: string;
    service: SelectingService | undefined;
    /** Ready pods behind it. */
    pods: PodObject[];
    /** Undefined when it cannot be asked. */
    client: JaegerClient | undefined;
    basePath: string;
    /** Why it cannot be asked, or only past its Service. */
    problem: string | undefined;
    /** True when it is there and does not let this user ask: the API server, or a login of Jaeger's own. */
    forbidden: boolean;
    /** Services that it knows. */
    services: string[];
}

/** Finds out how Jaeger can be asked: at a URL that the user gave, else through its Service, else at its pod. */
export async function openQuery(
    access: Access,
    discovery: Discovery,
    collector: CollectorTarget | undefined,
    { jaegerUrl: url, jaegerLogin: login }: { jaegerUrl?: string; jaegerLogin?: string },
): Promise<QueryEvidence> {
    if (url !== undefined) return open({ where: new URL(url).origin, bases: [url], ask: fetchJson });
    const service = findQueryService(discovery, collector);
    const candidates = service === undefined ? (collector?.pods ?? []) : podsOf(service, known(discovery.pods));
    const pods = candidates.filter(isReady);
    const ask: AskJson = async (path) => {
        const fact = await access.get(path);
        if ("failure" in fact) {
            const { kind, reason } = fact.failure;
            // A 403 of the API server names the resource; one of a sidecar in front of Jaeger does not.
            const refused = kind === "forbidden" && / cannot (get|create) resource /.test(reason);
            throw Object.assign(new Error(reason), { forbidden: refused || kind === "unauthorized" });
        }
        return fact.value;
    };
    if (service !== undefined) {
        const { name, namespace } = service.metadata;
        const port = String(queryPort(service)?.port);
        const root = `/api/v1/namespaces/${namespace ?? ""}/services/http:${name}:${port}/proxy`;
        const through = await open({ where: `Service ${fullName(service)}:${port}`, bases: bases(root), ask });
        if (through.client !== undefined || (through.forbidden && login === undefined))
            return { ...through, service, pods };
        const [pod] = pods;
        if (pod !== undefined && (sidecarOf(pod) !== undefined || login !== undefined)) {
            return { ...(await openInside(access, pod, login)), service, pods };
        }
        const past = await openPod(pods, ask);
        return { ...past, where: through.where, service, pods, problem: through.problem };
    }
    const past = await openPod(pods, ask);
    return { ...past, pods, problem: `no Service has the port ${String(QUERY_PORT)} of Jaeger's query API` };
}

/** The Service of Jaeger's query API, that of the collector's namespace before others. */
export function findQueryService(
    discovery: Discovery,
    collector: CollectorTarget | undefined,
): SelectingService | undefined {
    const home = collector?.service?.metadata.namespace;
    const found = known(discovery.services).filter((service) => queryPort(service) !== undefined);
    return found.find(({ metadata }) => metadata.namespace === home) ?? found[0];
}

function queryPort({ spec }: SelectingService): { port: number } | undefined {
    return spec?.ports?.find(isQueryPort);
}

/** True for a port of a Service that leads to Jaeger's query API, under whatever number. */
export function isQueryPort({ port, targetPort }: { port: number; targetPort?: number | string }): boolean {
    return port === QUERY_PORT || targetPort === QUERY_PORT;
}

async function openPod([pod]: PodObject[], ask: AskJson): Promise<QueryEvidence> {
    if (pod === undefined) return nothing("no ready pod of Jaeger", "there is none");
    const root = `/api/v1/namespaces/${pod.metadata.namespace ?? ""}/pods/${pod.metadata.name}:${String(QUERY_PORT)}/proxy`;
    return open({ where: `Pod ${fullName(pod)}:${String(QUERY_PORT)}`, bases: bases(root), ask });
}

/** A Jaeger that only the mesh may ask still listens inside of its pod; the API server's proxy takes no login along. */
async function openInside(access: Access, pod: PodObject, login: string | undefined): Promise<QueryEvidence> {
    const url = new URL(await access.forward(pod.metadata.namespace ?? "", pod.metadata.name, QUERY_PORT));
    const [user = "", ...password] = (login ?? "").split(":");
    url.username = user;
    url.password = password.join(":");
    const where = `Pod ${fullName(pod)}:${String(QUERY_PORT)}, inside of it`;
    return open({ where, bases: bases(url.href.replace(/\/$/, "")), ask: fetchJson });
}

function bases(root: string): string[] {
    return BASE_PATHS.map((path) => root + path);
}

/** Takes the first base path under which the query API answers. */
async function open(to: { where: string; bases: string[]; ask: AskJson }): Promise<QueryEvidence> {
    let problem = "it has no query API there (/api/services)";
    let forbidden = false;
    for (const [index, base] of to.bases.entries()) {
        const client = new JaegerClient(base, to.ask);
        try {
            if (!(await client.answers())) continue;
            const services = await client.services();
            const basePath = BASE_PATHS[index] ?? "";
            return { ...nothing(to.where, ""), client, basePath, problem: undefined, services };
        } catch (error) {
            problem = (error as Error).message;
            forbidden = (error as { forbidden?: boolean }).forbidden === true || / answered 40[13]$/.test(problem);
        }
    }
    return { ...nothing(to.where, problem), forbidden };
}

function nothing(where: string, problem: string): QueryEvidence {
    return {
        where,
        service: undefined,
        pods: [],
        client: undefined,
        basePath: "",
        problem,
        forbidden: false,
        services: [],
    };
}
