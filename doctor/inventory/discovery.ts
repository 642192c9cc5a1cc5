import { parse } from "yaml";
import { revisionOf } from "../../checks/cluster/istioInstallation";
import type { TelemetryObject } from "../../checks/mesh/objects";
import type { SamplingDecision } from "../../checks/telemetry/samplingDecision";
import type { InjectorConfig } from "../../checks/workload/sidecars";
import { listAll, METADATA_LIST } from "../../shared/cluster/client";
import { itemsOf, type Fact } from "../../shared/cluster/facts";
import type {
    ClusterObject,
    ConfigMapObject,
    EndpointSliceObject,
    PodObject,
    ServiceObject,
    SpecObject,
    WorkloadObject,
} from "../../shared/kubernetes/objects";
import type { Access } from "../connection/access";
import type { Discovery, Injector, IstiodObject } from "./objects";

const INJECTION_WEBHOOKS =
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?labelSelector=app%3Dsidecar-injector";

/** Everything that the doctor reads of a cluster's objects, asked at once: a few lists, however many pods there are. */
export async function discover(access: Access): Promise<Discovery> {
    const spec = (kinds: string): Promise<Fact<SpecObject[]>> => list(access, `/apis/networking.istio.io/v1/${kinds}`);
    const security = (kinds: string): Promise<Fact<SpecObject[]>> =>
        list(access, `/apis/security.istio.io/v1/${kinds}`);
    const istiods = list<IstiodObject>(access, "/apis/apps/v1/deployments?labelSelector=app%3Distiod");
    const asked = {
        istiods,
        meshConfigMaps: istiods.then((fact) => configMaps(access, fact, meshConfigName)),
        injectors: istiods.then((fact) => readInjectors(access, fact)),
        namespaces: list<ClusterObject>(access, "/api/v1/namespaces", METADATA_LIST),
        pods: list<PodObject>(access, "/api/v1/pods"),
        services: list<ServiceObject>(access, "/api/v1/services"),
        endpointSlices: list<EndpointSliceObject>(access, "/apis/discovery.k8s.io/v1/endpointslices"),
        telemetries: listAll<TelemetryObject>(access, "/apis/telemetry.istio.io/v1/telemetries"),
        serviceEntries: spec("serviceentries"),
        destinationRules: spec("destinationrules"),
        virtualServices: spec("virtualservices"),
        sidecars: spec("sidecars"),
        envoyFilters: list<SpecObject>(access, "/apis/networking.istio.io/v1alpha3/envoyfilters"),
        authorizationPolicies: security("authorizationpolicies"),
        peerAuthentications: security("peerauthentications"),
        injectionWebhooks: list<ClusterObject>(access, INJECTION_WEBHOOKS, METADATA_LIST),
    };
    const entries = Object.entries<Promise<unknown>>(asked);
    const values = await Promise.all(entries.map(([, promise]) => promise));
    return Object.fromEntries(entries.map(([key], index) => [key, values[index]])) as unknown as Discovery;
}

/** What makes pods in a namespace. */
export async function readWorkloads(access: Access, namespace: string): Promise<Fact<WorkloadObject[]>> {
    const found: WorkloadObject[] = [];
    for (const kind of ["Deployment", "StatefulSet", "DaemonSet"] as const) {
        const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
        const fact = await list<Omit<WorkloadObject, "kind">>(access, path);
        if ("failure" in fact) return fact;
        found.push(...fact.value.map((object) => ({ ...object, kind })));
    }
    return { value: found };
}

/** Names of the lists that could not be read, each with the reason. */
export function unread(discovery: Discovery): { what: string; reason: string }[] {
    return Object.entries(discovery as unknown as Record<string, Fact<unknown>>).flatMap(([what, fact]) =>
        "failure" in fact ? [{ what, reason: fact.failure.reason }] : [],
    );
}

/** The Telemetry that a decision names; undefined when another setting decides. */
export function decidingTelemetry(
    decision: SamplingDecision,
    { telemetries }: Pick<Discovery, "telemetries">,
): TelemetryObject | undefined {
    if (decision.source !== "telemetry") return undefined;
    const { namespace, name } = decision.object;
    return itemsOf(telemetries).find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
}

async function configMaps(
    access: Access,
    istiods: Fact<IstiodObject[]>,
    nameOf: (istiod: ClusterObject) => string,
): Promise<Fact<ConfigMapObject[]>> {
    if ("failure" in istiods) return istiods;
    const found: ConfigMapObject[] = [];
    for (const istiod of istiods.value) {
        const fact = await access.get<ConfigMapObject>(
            `/api/v1/namespaces/${istiod.metadata.namespace ?? ""}/configmaps/${nameOf(istiod)}`,
        );
        if ("failure" in fact) return fact;
        if (fact.value !== undefined) found.push(fact.value);
    }
    return { value: found };
}

/** Name of the ConfigMap that holds an istiod's mesh configuration. */
export function meshConfigName(istiod: ClusterObject): string {
    return ofRevision("istio", istiod);
}

function ofRevision(name: string, istiod: ClusterObject): string {
    const revision = revisionOf(istiod);
    return revision === "default" ? name : `${name}-${revision}`;
}

async function readInjectors(access: Access, istiods: Fact<IstiodObject[]>): Promise<Fact<Injector[]>> {
    const nameOf = (istiod: ClusterObject): string => ofRevision("istio-sidecar-injector", istiod);
    const fact = await configMaps(access, istiods, nameOf);
    if ("failure" in fact) return fact;
    const injectors = fact.value.map(({ metadata, data }) => ({
        namespace: metadata.namespace ?? "",
        revision: revisionOf({ metadata }),
        config: (parse(data?.["config"] ?? "") ?? {}) as InjectorConfig,
    }));
    return { value: injectors };
}

async function list<T>(access: Access, path: string, accept?: string): Promise<Fact<T[]>> {
    const fact = await listAll<T>(access, path, accept);
    return "failure" in fact ? fact : { value: fact.value ?? [] };
}
