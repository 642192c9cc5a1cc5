import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkOthersInMesh, othersUnknown, type OwnInMesh } from "../checks/cluster/existingMesh";
import { formatFinding, type Finding } from "../checks/finding";
import type { LabelledNamespace } from "../checks/mesh/discoverySelectors";
import { checkExistingMesh, meshConfigMaps, type UsableMesh } from "../checks/mesh/existingMesh";
import type { MeshConfigObject } from "../checks/mesh/objects";
import type { ConfigMapObject } from "../shared/kubernetes/objects";
import {
    COLLECTOR,
    FLAG,
    LABELLED_NAMESPACES,
    NAMES_BY_SETTING,
    NAMESPACE_NAMES,
    PROVIDER,
    setting,
} from "./argumentRules";
import { ownCollector, type Collector } from "./collector";
import { objectExists } from "./objectExists";
import { askOthers } from "./othersInMesh";
import { MESH_TELEMETRY } from "./render/istioObjects";
import { TRACING_PROVIDER } from "./render/meshConfig";
import { sidecarHash } from "./render/sidecarHash";
import { wantedMesh } from "./render/wantedMesh";
import { optional, preset, required, resolveArgs, type Resolved, type RulesFor } from "./resolve";
import { openStackCluster, type StackCluster } from "./stackCluster";

/** Inputs of {@link ExistingMesh}. */
export interface ExistingMeshArgs {
    /** Namespace of the control plane. */
    namespace: string;
    /**
     * Revision of the control plane, not a tag. Empty for the default revision.
     * @default the default revision
     */
    revision?: string;
    /**
     * The namespace whose Istio objects apply to the whole mesh. Empty for what the mesh configuration says.
     * @default rootNamespace of the mesh configuration, otherwise `namespace`
     */
    rootNamespace?: string;
    /**
     * Name of the extension provider that sends spans to {@link collector}.
     * @default tracing
     */
    provider?: string;
    /**
     * Where the provider must send spans.
     * @default the Service `jaeger-collector` of `namespace`, port 4317, OTLP over gRPC
     */
    collector?: Collector;
    /** @default cluster.local */
    clusterDomain?: string;
    /**
     * Further tracing providers that the mesh must have, by what names each.
     * @default none
     */
    tracingProviders?: Record<string, string>;
    /**
     * True if the stack adds the provider to the mesh itself, as {@link AdoptedIstio} does.
     * @default false
     */
    isAdopted?: boolean;
    /**
     * Extension provider that authorizes requests.
     * @default none
     */
    authorizer?: string;
    /**
     * Namespaces with pods of the mesh, which its `discoverySelectors` must not leave out, with their known labels.
     * @default none
     */
    namespaces?: LabelledNamespace[];
    /**
     * Namespaces whose pods are to be traced by sidecars, so that they must not be ambient.
     * @default none
     */
    tracedNamespaces?: string[];
    /**
     * Traces what has sidecars in a mesh that also serves ambient workloads, which is refused otherwise.
     * @default false
     */
    sidecarsOnly?: boolean;
    /**
     * True if a {@link Jaeger} is made in `namespace`, where nobody else may have one of its names.
     * @default false
     */
    hasJaeger?: boolean;
}

/** The types of what is read. */
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const TELEMETRY_CRD = "telemetries.telemetry.istio.io";

/**
 * An existing Istio that somebody else owns. Reads it, and refuses one in which tracing would not work, or would be
 * turned off for others. Changes nothing. With the kubeconfig of Pulumi's default Kubernetes provider, it lists what
 * others have in it, such as other revisions and Telemetries; if that fails, it warns.
 *
 * Every output fails with the refusal. A resource that depends on one is therefore never registered, neither by an
 * update nor by a preview.
 *
 * Children, all read: the ConfigMap with the mesh configuration `<name>-config`; if they exist, that of the injector
 * `<name>-injector` and the one that istiod merges `<name>-shared`.
 */
export class ExistingMesh extends pulumi.ComponentResource {
    /** The provider that sends spans to the collector, as the mesh spells it. */
    public readonly provider: pulumi.Output<string>;
    /** The namespace whose Istio objects apply to the whole mesh. */
    public readonly rootNamespace: pulumi.Output<string>;
    /** Release of istiod, such as `1.31.1`; empty if it is unknown. */
    public readonly version: pulumi.Output<string>;
    /** The mesh configuration, as istiod reads it. */
    public readonly meshConfig: pulumi.Output<MeshConfigObject>;
    /** Pods with this value in an annotation restart when their sidecars must restart. */
    public readonly sidecarHash: pulumi.Output<string>;

    constructor(name: string, args: ExistingMeshArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveExistingMesh(name, args);
        super("istio-tracing:components:ExistingMesh", name, { ...args }, opts);

        const wanted = wantedMesh(spec);
        const cluster = openStackCluster(this);
        const names = meshConfigMaps(wanted.revision);
        const mesh = pulumi
            .all([
                // Where nobody can tell whether it exists, the read itself says why.
                this.read(`${name}-config`, spec.namespace, names.mesh, true),
                this.read(`${name}-injector`, spec.namespace, names.injector, false),
                this.read(`${name}-shared`, spec.namespace, names.shared, false),
                objectExists(CRD, TELEMETRY_CRD, this),
            ])
            .apply(async ([configMap, injector, shared, api]) => {
                const found = { configMap, injector, shared, hasTelemetryApi: api ?? true };
                const { findings, mesh } = checkExistingMesh(found, wanted);
                const { namespace, tracedNamespaces: traced, hasJaeger } = spec;
                const rootNamespace = mesh?.rootNamespace ?? wanted.rootNamespace ?? namespace;
                const own = { namespace, revision: wanted.revision, rootNamespace, telemetry: MESH_TELEMETRY };
                const others = await findOthers(cluster, own, { traced, hasJaeger });
                return this.accept([...findings, ...others], mesh);
            });

        this.provider = mesh.provider;
        this.rootNamespace = mesh.rootNamespace;
        this.version = mesh.apply(({ version = "" }) => version);
        this.meshConfig = mesh.apply(({ config }) => config as MeshConfigObject);
        this.sidecarHash = mesh.apply(({ injectionValues }) => sidecarHash(injectionValues));
        this.registerOutputs({});
    }

    private read(
        resourceName: string,
        namespace: string,
        name: string | undefined,
        isRequired: boolean,
    ): pulumi.Output<ConfigMapObject | undefined> {
        if (name === undefined) return pulumi.output(undefined);
        const id = `${namespace}/${name}`;
        return objectExists(CONFIG_MAP, id, this).apply((exists): pulumi.Output<ConfigMapObject | undefined> => {
            if (!(exists ?? isRequired)) return pulumi.output(undefined);
            const { metadata, data } = k8s.core.v1.ConfigMap.get(resourceName, id, { parent: this });
            return pulumi.all([metadata, data]).apply(([meta, texts]) => ({
                metadata: meta,
                data: texts,
            }));
        });
    }

    /** @throws RunError with every refusal at once, which Pulumi prints without a stack trace. */
    private accept(findings: Finding[], mesh: UsableMesh | undefined): UsableMesh {
        const errors = findings.filter(({ severity }) => severity === "error");
        for (const finding of findings)
            if (finding.severity !== "error") void pulumi.log.warn(formatFinding(finding), this);
        if (mesh !== undefined && errors.length === 0) return mesh;
        throw new pulumi.RunError(
            `The existing Istio cannot be traced with the settings of this stack; nothing was written.\n` +
                errors.map((finding) => `  ${formatFinding(finding)}`).join("\n"),
        );
    }
}

/** What belongs to others and would be harmed, or is in the way. */
async function findOthers(
    cluster: Promise<StackCluster | undefined>,
    own: OwnInMesh,
    asked: { traced: string[]; hasJaeger: boolean },
): Promise<Finding[]> {
    const opened = await cluster;
    if (opened === undefined) return [];
    if ("reason" in opened)
        return [othersUnknown("control planes, Telemetries and namespaces of others", opened.reason)];
    try {
        const { others, unknown } = await askOthers(opened.client, { ...own, ...asked });
        return [...unknown, ...checkOthersInMesh(others, own)];
    } finally {
        opened.client.close();
    }
}

const RULES = {
    namespace: required(setting("istio.namespace")),
    revision: setting("istio.revision"),
    rootNamespace: setting("istio.rootNamespace"),
    provider: preset(PROVIDER, TRACING_PROVIDER),
    collector: optional(COLLECTOR),
    clusterDomain: setting("clusterDomain"),
    tracingProviders: NAMES_BY_SETTING,
    isAdopted: preset(FLAG, false),
    authorizer: optional(PROVIDER),
    namespaces: LABELLED_NAMESPACES,
    tracedNamespaces: NAMESPACE_NAMES,
    sidecarsOnly: preset(FLAG, false),
    hasJaeger: preset(FLAG, false),
} satisfies RulesFor<ExistingMeshArgs>;

/**
 * The arguments of {@link ExistingMesh}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveExistingMesh(
    name: string,
    args: ExistingMeshArgs,
): Resolved<typeof RULES> & { collector: Collector } {
    const { collector, ...spec } = resolveArgs("ExistingMesh", name, args, RULES);
    return { ...spec, collector: collector ?? ownCollector(spec.namespace, spec.clusterDomain) };
}
