import type { AuthorizedRequest } from "../../checks/mesh/authorization";
import { revisionOf, versionOf } from "../../checks/mesh/controlPlane";
import { findInstaller } from "../../checks/mesh/installer";
import { readMeshText, type MeshReading } from "../../checks/mesh/meshText";
import { TRACING_KINDS, type MeshConfigObject } from "../../checks/mesh/objects";
import { itemsOf, type Fact } from "../../shared/cluster/facts";
import { selects } from "../../shared/kubernetes/labelSelectors";
import type { ObjectName } from "../../shared/kubernetes/manifest";
import type { ClusterObject, ConfigMapObject, PodObject, ServiceObject } from "../../shared/kubernetes/objects";
import { INJECTION_LABEL, REVISION_LABEL, SIDECAR_CONTAINER } from "../../shared/names/istio";
import { parseJson, textAt } from "../../shared/values/plainObjects";
import type { Discovery, IstiodObject } from "./objects";

/** One control plane and its configuration. */
export interface Mesh {
    revision: string;
    /** Such as `1.31.1`; empty if unknown. */
    version: string;
    installer: string;
    /** Namespace of istiod. */
    namespace: string;
    rootNamespace: string;
    clusterDomain: string;
    config: MeshConfigObject & { rootNamespace?: string; accessLogFile?: string; accessLogFormat?: string };
    /** The content of the ConfigMap, and whether istiod accepts it; undefined if it cannot be read. */
    written?: MeshReading;
    /** Why istiod's configuration is unknown: istiod rejects the written one, and could not be queried. */
    unknown?: string;
    /** The ConfigMap with the mesh configuration. */
    configMap: ObjectName;
    /** Its version when it was read. */
    resourceVersion: string | undefined;
    /** PILOT_TRACE_SAMPLING of istiod, in percent. */
    pilotTraceSampling: number | undefined;
}

/** `namespace/name` of the ConfigMap with the mesh configuration. */
export function configMapOf({ configMap: { namespace, name } }: Mesh): string {
    return `${namespace}/${name}`;
}

/** The extension providers of a mesh configuration that accept spans, and their addresses. */
export function tracingProvidersIn({
    extensionProviders = [],
}: MeshConfigObject): { name: string; kind: string; address: string }[] {
    return extensionProviders.flatMap((provider) => {
        const kind = TRACING_KINDS.find((name) => provider[name] !== undefined);
        if (kind === undefined) return [];
        const { service = "", port } = provider[kind] as { service?: string; port?: number };
        return [{ name: provider.name, kind, address: port === undefined ? service : `${service}:${String(port)}` }];
    });
}

/** Every control plane of a cluster. */
export function readMeshes(discovery: Discovery): Mesh[] {
    return itemsOf(discovery.istiods).map((istiod) => readMesh(istiod, discovery));
}

function readMesh(istiod: IstiodObject, discovery: Discovery): Mesh {
    const namespace = istiod.metadata.namespace ?? "";
    const configMap = meshConfigName(istiod);
    const found = itemsOf(discovery.meshConfigMaps).find(
        ({ metadata }) => metadata.name === configMap && metadata.namespace === namespace,
    );
    const written = found && readOnce(found);
    const inUse = written?.problem && inUseOf({ namespace, name: configMap }, discovery);
    const config: Mesh["config"] = (inUse && "value" in inUse ? inUse.value : written?.config) ?? {};
    const [container] = istiod.spec?.template?.spec?.containers ?? [];
    const sampling = Number(container?.env?.find(({ name }) => name === "PILOT_TRACE_SAMPLING")?.value ?? "none");
    return {
        revision: revisionOf(istiod),
        version: versionOf(istiod).trim(),
        installer: findInstaller(istiod).name,
        namespace,
        rootNamespace: config.rootNamespace ?? namespace,
        clusterDomain: argument(container?.args ?? [], "--domain") ?? "cluster.local",
        config,
        configMap: { namespace, name: configMap },
        written,
        unknown: inUse && "failure" in inUse ? inUse.failure.reason : undefined,
        resourceVersion: found?.metadata.resourceVersion,
        // istiod uses its default for text that is not a number.
        pilotTraceSampling: Number.isNaN(sampling) ? undefined : sampling,
    };
}

/** Caches the parsed text, because it is needed often and does not change. */
const READINGS = new WeakMap<ConfigMapObject, MeshReading>();

function readOnce(configMap: ConfigMapObject): MeshReading {
    const reading = READINGS.get(configMap) ?? readMeshText(configMap.data?.["mesh"] ?? "");
    READINGS.set(configMap, reading);
    return reading;
}

function inUseOf({ namespace, name }: ObjectName, { meshesInUse = [] }: Discovery): Fact<MeshConfigObject> {
    const found = meshesInUse.find(({ configMap }) => configMap.name === name && configMap.namespace === namespace);
    return found?.config ?? { failure: { kind: "unexpected", reason: "istiod was not queried" } };
}

/** Name of the ConfigMap that contains an istiod's mesh configuration. */
export function meshConfigName(istiod: ClusterObject): string {
    const revision = revisionOf(istiod);
    return revision === "default" ? "istio" : `istio-${revision}`;
}

/** The control plane that injected a pod. If the pod does not name it, the only one or that of the default revision. */
export function meshOf(meshes: Mesh[], pod: PodObject | undefined): Mesh | undefined {
    const revision = pod === undefined ? undefined : injectedBy(pod);
    return (
        meshes.find((mesh) => mesh.revision === revision) ??
        meshes.find((mesh) => mesh.revision === "default") ??
        meshes[0]
    );
}

/** The sidecar of a pod, among its containers or, as a native sidecar, its init containers. */
export function sidecarOf(pod: PodObject): { env?: { name: string; value?: string }[] } | undefined {
    return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(
        ({ name }) => name === SIDECAR_CONTAINER,
    );
}

/** Revision of the control plane that injected a pod; undefined for a pod without sidecar. */
export function injectedBy({ metadata }: PodObject): string | undefined {
    const status = metadata.annotations?.["sidecar.istio.io/status"];
    if (status === undefined) return undefined;
    return textAt(parseJson(status), "revision") ?? "default";
}

/** True if the namespace's labels enable injection. */
export function isInjectionOn(namespace: ClusterObject | undefined): boolean {
    const labels = namespace?.metadata.labels ?? {};
    if (labels[INJECTION_LABEL] !== undefined) return labels[INJECTION_LABEL] === "enabled";
    return labels[REVISION_LABEL] !== undefined;
}

/** True for a pod that runs and receives traffic. */
export function isReady({ metadata, status }: PodObject): boolean {
    if (metadata.deletionTimestamp !== undefined || status?.phase !== "Running") return false;
    return (status.conditions ?? []).some(({ type, status: is }) => type === "Ready" && is === "True");
}

/** The pods that a Service selects. */
export function podsOf(service: ServiceObject, pods: PodObject[]): PodObject[] {
    const selector = service.spec?.selector ?? {};
    return pods.filter(
        ({ metadata }) => metadata.namespace === service.metadata.namespace && selects(selector, metadata.labels ?? {}),
    );
}

/** Names of the first few objects, and the number of the others. */
export function listNames(objects: ClusterObject[], conjunction = ", "): string {
    const shown = objects.slice(0, 5).map(fullName).join(conjunction);
    return objects.length > 5 ? `${shown}${conjunction}${String(objects.length - 5)} more` : shown;
}

/** The identity of a pod with a sidecar in the mesh. */
export function identityOf({ metadata, spec }: PodObject, { config }: Mesh): AuthorizedRequest["from"] {
    const { namespace = "" } = metadata;
    const own = (config as { trustDomain?: string }).trustDomain;
    // In policies, cluster.local matches the mesh's own trust domain.
    const domains = ["cluster.local", ...(own === undefined ? [] : [own])];
    const account = `ns/${namespace}/sa/${spec?.serviceAccountName ?? "default"}`;
    return { principals: domains.map((domain) => `${domain}/${account}`), namespace };
}

/** The sender of a request for people. */
export function describeCaller(from: AuthorizedRequest["from"]): string {
    return from === undefined ? "a sender without an identity, in plain text" : (from.principals.at(-1) ?? "");
}

/** `namespace/name`. */
export function fullName({ metadata }: ClusterObject): string {
    return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function argument(args: string[], flag: string): string | undefined {
    const index = args.findIndex((word) => word === flag || word.startsWith(`${flag}=`));
    if (index < 0) return undefined;
    return args[index]?.includes("=") === true ? args[index].slice(flag.length + 1) : args[index + 1];
}
