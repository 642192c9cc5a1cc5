import { parseDocument } from "yaml";
import { revisionOf } from "../../checks/mesh/controlPlane";
import type { TelemetryObject } from "../../checks/mesh/objects";
import { INJECTOR_CONFIG, TELEMETRY } from "../../checks/mesh/shapes";
import type { SamplingDecision } from "../../checks/telemetry/samplingDecision";
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
import { CONFIG_MAP, ENDPOINT_SLICE, listedPods, OBJECT, SERVICE, WORKLOAD } from "../../shared/kubernetes/shapes";
import { mapAt } from "../../shared/values/plainObjects";
import { settle } from "../../shared/values/settle";
import type { Shape } from "../../shared/values/shapes";
import type { Access } from "../connection/access";
import { meshConfigName } from "./mesh";
import { readMeshesInUse } from "./meshInUse";
import { ISTIOD, SPEC_SHAPES } from "./objectShapes";
import type { Discovery, Injector, IstiodObject } from "./objects";

const INJECTION_WEBHOOKS =
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations?labelSelector=app%3Dsidecar-injector";

/** All objects that the doctor reads from a cluster, in parallel: a few lists, for any number of pods. */
export async function discover(access: Access): Promise<Discovery> {
    const of = (group: string, kinds: keyof typeof SPEC_SHAPES): Promise<Fact<SpecObject[]>> =>
        list(access, `/apis/${group}/${kinds.toLowerCase()}`, SPEC_SHAPES[kinds]);
    const spec = (kinds: keyof typeof SPEC_SHAPES): Promise<Fact<SpecObject[]>> => of("networking.istio.io/v1", kinds);
    const security = (kinds: keyof typeof SPEC_SHAPES): Promise<Fact<SpecObject[]>> =>
        of("security.istio.io/v1", kinds);
    const istiods = list<IstiodObject>(access, "/apis/apps/v1/deployments?labelSelector=app%3Distiod", ISTIOD);
    const found = await settle<Omit<Discovery, "meshesInUse">>({
        istiods,
        meshConfigMaps: istiods.then((fact) => configMaps(access, fact, meshConfigName)),
        injectors: istiods.then((fact) => readInjectors(access, fact)),
        namespaces: list<ClusterObject>(access, "/api/v1/namespaces", OBJECT, METADATA_LIST),
        pods: list<PodObject>(access, "/api/v1/pods", listedPods()),
        services: list<ServiceObject>(access, "/api/v1/services", SERVICE),
        endpointSlices: list<EndpointSliceObject>(access, "/apis/discovery.k8s.io/v1/endpointslices", ENDPOINT_SLICE),
        telemetries: listAll<TelemetryObject>(access, "/apis/telemetry.istio.io/v1/telemetries", TELEMETRY),
        serviceEntries: spec("serviceEntries"),
        destinationRules: spec("destinationRules"),
        virtualServices: spec("virtualServices"),
        sidecars: spec("sidecars"),
        envoyFilters: of("networking.istio.io/v1alpha3", "envoyFilters"),
        authorizationPolicies: security("authorizationPolicies"),
        peerAuthentications: security("peerAuthentications"),
        injectionWebhooks: list<ClusterObject>(access, INJECTION_WEBHOOKS, OBJECT, METADATA_LIST),
    });
    return { ...found, meshesInUse: await readMeshesInUse(access, found) };
}

/** The workloads of a namespace. */
export async function readWorkloads(access: Access, namespace: string): Promise<Fact<WorkloadObject[]>> {
    const found: WorkloadObject[] = [];
    for (const kind of ["Deployment", "StatefulSet", "DaemonSet"] as const) {
        const path = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
        const fact = await list<Omit<WorkloadObject, "kind">>(access, path, WORKLOAD);
        if ("failure" in fact) return fact;
        found.push(...fact.value.map((object) => ({ ...object, kind })));
    }
    return { value: found };
}

/** Names of the lists that could not be read, each with the reason. */
export function unread(lists: object): { what: string; reason: string }[] {
    return Object.entries(lists as Record<string, Fact<unknown>>).flatMap(([what, fact]) =>
        "failure" in fact ? [{ what, reason: fact.failure.reason }] : [],
    );
}

/** The Telemetry that a decision names; undefined if another setting decides. */
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
        const fact = await access.get<unknown>(
            `/api/v1/namespaces/${istiod.metadata.namespace ?? ""}/configmaps/${nameOf(istiod)}`,
        );
        if ("failure" in fact) return fact;
        const configMap = CONFIG_MAP(fact.value);
        if (configMap !== undefined) found.push(configMap);
    }
    return { value: found };
}

async function readInjectors(access: Access, istiods: Fact<IstiodObject[]>): Promise<Fact<Injector[]>> {
    const nameOf = (istiod: ClusterObject): string =>
        meshConfigName(istiod).replace(/^istio/, "istio-sidecar-injector");
    const fact = await configMaps(access, istiods, nameOf);
    if ("failure" in fact) return fact;
    const injectors = fact.value.map(({ metadata, data }) => ({
        namespace: metadata.namespace ?? "",
        revision: revisionOf({ metadata }),
        config: INJECTOR_CONFIG(readYaml(data?.["config"])) ?? {},
        proxyValues: mapAt(readYaml(data?.["values"]), "global", "proxy"),
    }));
    return { value: injectors };
}

/** The content of a text; undefined for one that cannot be read. */
function readYaml(text = ""): unknown {
    const document = parseDocument(text, { uniqueKeys: false, logLevel: "silent" });
    try {
        return document.errors.length === 0 ? document.toJS() : undefined;
    } catch {
        return undefined;
    }
}

async function list<T>(access: Access, path: string, shape: Shape<T>, accept?: string): Promise<Fact<T[]>> {
    const fact = await listAll(access, path, shape, accept);
    return "failure" in fact ? fact : { value: fact.value ?? [] };
}
