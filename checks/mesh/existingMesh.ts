import type { ConfigMapObject } from "../../shared/kubernetes/objects";
import { listAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { checkAmbientMesh } from "./ambient";
import type { MeshConfigSource } from "./configurationSource";
import { nameInRevision } from "./controlPlane";
import { namespacesThatAre, undiscovered, type LabelledNamespace } from "./discoverySelectors";
import { checkProviders, isNamed, type WantedProviders } from "./existingProviders";
import { checkRelease, injectorValues, releaseOf } from "./istioRelease";
import { describeMeshProblem, readMeshText } from "./meshText";
import { addProvider } from "./providerEntry";
import { AKS_SHARED, DEFAULT_REVISION, joinMeshes } from "./sharedConfiguration";

/** What a cluster has of an Istio that this program did not install. */
export interface FoundMesh {
    /** The mesh configuration of the revision. */
    configMap: ConfigMapObject | undefined;
    /** The ConfigMap that istiod reads beside it, such as AKS' `istio-shared-configmap-REV`. */
    shared?: ConfigMapObject | undefined;
    /** The configuration of its injector, with the values of the chart that sidecars start by. */
    injector?: ConfigMapObject | undefined;
    /** True if the cluster has Istio's Telemetry CRD. */
    hasTelemetryApi: boolean;
}

/** What the stack needs of that mesh. */
export interface WantedMesh extends WantedProviders {
    revision: string | undefined;
    /** Overrides the mesh configuration. */
    rootNamespace: string | undefined;
    /** Namespaces in which istiod must find Services and pods. */
    namespaces: LabelledNamespace[];
    /** True if the stack adds {@link WantedProviders.entry} to the mesh itself. @default false */
    isAdopted?: boolean;
    /** True if only what has sidecars is to be traced in a mesh that also serves ambient workloads. @default false */
    sidecarsOnly?: boolean;
    /** The release line that the tests cover, such as `1.31`. */
    provenLine: string;
}

/** A mesh in which the stack can trace. */
export interface UsableMesh {
    provider: string;
    rootNamespace: string;
    /** Release of istiod; undefined if nothing tells it. */
    version: string | undefined;
    /** The mesh configuration, as istiod reads it. */
    config: PlainObject;
    /** The values of Istio's chart that decide how injected pods start, with that configuration. */
    injectionValues: PlainObject;
}

/** Names of the ConfigMaps of a revision in the namespace of its control plane. */
export function meshConfigMaps(revision: string | undefined): {
    mesh: string;
    injector: string;
    shared: string | undefined;
} {
    const named = (name: string): string => nameInRevision(name, revision ?? DEFAULT_REVISION);
    return {
        mesh: named("istio"),
        injector: named("istio-sidecar-injector"),
        shared: revision === undefined ? undefined : `istio-shared-configmap-${revision}`,
    };
}

/**
 * Whether the stack can trace in an existing Istio. A Telemetry for a provider that Istio does not know, or that takes
 * no spans, switches tracing off in the whole mesh and nothing reports it, so each of these is an error.
 */
export function checkExistingMesh(
    found: FoundMesh,
    wanted: WantedMesh,
): { findings: Finding[]; mesh: UsableMesh | undefined } {
    const resource = `ConfigMap ${wanted.namespace}/${meshConfigMaps(wanted.revision).mesh}`;
    const read = readConfiguration(found, wanted, resource);
    const values = injectorValues(found.injector);
    const version = releaseOf(values, found.configMap);
    const findings = [
        ...read.findings,
        ...(found.hasTelemetryApi ? [] : [noTelemetryApi()]),
        ...checkRelease(resource, version, wanted.provenLine),
        ...checkAmbientMesh(resource, values, wanted.sidecarsOnly === true),
        ...(read.source === undefined
            ? []
            : [...checkProviders(read.source, found.configMap, wanted), ...hiddenNamespaces(read.source, wanted)]),
    ];
    if (read.source === undefined || findings.some(({ severity }) => severity === "error"))
        return { findings, mesh: undefined };
    const { config, rootNamespace } = read.source;
    const named = listAt(config, "extensionProviders").find((provider) => isNamed(provider["name"], wanted.provider));
    const provider = textAt(named, "name") ?? wanted.provider;
    const injectionValues = { ...values, meshConfig: config };
    return { findings, mesh: { provider, rootNamespace, version, config, injectionValues } };
}

/** The configuration that istiod merges from its own ConfigMap and the shared one. */
function readConfiguration(
    { configMap, shared }: FoundMesh,
    wanted: WantedMesh,
    resource: string,
): { source: MeshConfigSource | undefined; findings: Finding[] } {
    const { namespace, revision } = wanted;
    const { mesh: name } = meshConfigMaps(revision);
    if (configMap === undefined) {
        const finding: Finding = {
            id: "mesh-config-exists",
            severity: "error",
            resource,
            expected: `the mesh configuration of ${revision === undefined ? "the default revision" : `the revision ${revision}`}, since istio.install is false`,
            got: `no ConfigMap ${name} in the namespace ${namespace}`,
            cure:
                "List the control planes: kubectl get deployments -A -l app=istiod -L istio.io/rev. Then set " +
                "istio.namespace, and istio.revision to the revision of one: pulumi config set --path istio.revision REV. " +
                "To install Istio instead, set istio.install to true",
        };
        return { source: undefined, findings: [finding] };
    }
    const maps = [configMap, ...(shared === undefined ? [] : [shared])];
    const read = maps.map((map) => sourceOf(map, wanted));
    const findings = read.flatMap((one) => one.findings);
    const [own, other] = read.map(({ source }) => source);
    if (own === undefined || findings.length > 0) return { source: undefined, findings };
    const source = other === undefined ? own : joinMeshes(other, own);
    const rootNamespace = wanted.rootNamespace ?? textAt(source.config, "rootNamespace") ?? namespace;
    const config = wanted.isAdopted === true ? addProvider(source.config, wanted.entry) : source.config;
    return { source: { ...source, config, rootNamespace }, findings };
}

function sourceOf(map: ConfigMapObject, { namespace, revision }: WantedMesh): ReturnType<typeof readConfiguration> {
    const { name } = map.metadata;
    const resource = `ConfigMap ${namespace}/${name}`;
    const text = map.data?.["mesh"];
    const reading = text === undefined ? undefined : readMeshText(text);
    if (reading === undefined || reading.problem !== undefined) {
        const finding: Finding = {
            id: "mesh-config-readable",
            severity: "error",
            resource,
            expected: "a mesh configuration that istiod can read, as YAML text of the key mesh",
            got: reading?.problem === undefined ? "no key mesh" : describeMeshProblem(reading.problem),
            cure: "Correct it in the source that Istio's installer uses: istiod keeps the last configuration that it could read, until it restarts",
        };
        // Of a shared ConfigMap, the key may be missing.
        return { source: undefined, findings: text === undefined && AKS_SHARED.test(name) ? [] : [finding] };
    }
    const { fields: config, dropped } = reading;
    const object = { kind: "ConfigMap", namespace, name };
    const source: MeshConfigSource = {
        ...{ resource, object, rootNamespace: namespace, config, values: {}, hidden: false, dropped },
        revision: revision ?? DEFAULT_REVISION,
    };
    return { source, findings: [] };
}

/** istiod knows neither Services nor pods of a namespace that its selectors leave out, so spans are lost there. */
function hiddenNamespaces({ config, resource }: MeshConfigSource, { namespaces }: WantedMesh): Finding[] {
    const selectors = config["discoverySelectors"];
    const unknown = namespacesThatAre("unknown", selectors, namespaces).map(({ name }) => name);
    return [
        ...namespacesThatAre("no", selectors, namespaces).map(({ name }): Finding => ({
            id: "namespace-discovered",
            severity: "error",
            resource: `Namespace ${name}`,
            expected: "labels that match one of discoverySelectors in the mesh configuration",
            got: "none, so istiod does not watch the namespace",
            cure: "Add a selector for it in the source that Istio's installer uses, or set a label that one selects in ownNamespaces.labels",
        })),
        ...(unknown.length === 0 ? [] : [undiscovered(`${resource} discoverySelectors`, unknown)]),
    ];
}

function noTelemetryApi(): Finding {
    return {
        id: "telemetry-api-served",
        severity: "error",
        resource: "CustomResourceDefinition telemetries.telemetry.istio.io",
        expected: "Istio's Telemetry API, by which tracing is enabled and sampled",
        got: "no such CRD in this cluster",
        cure: "Install the CRDs of the same Istio, as its base chart or istioctl does: helm upgrade --install istio-base istio/base -n istio-system",
    };
}
