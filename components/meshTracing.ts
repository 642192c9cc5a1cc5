import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { COLLECTOR, NAMESPACE_RULE, PROVIDER, REVISION, setting } from "./argumentRules";
import { authorityConfigMap } from "./certificateAuthority";
import type { Collector } from "./collector";
import { DELETED_AT_ONCE, MESH_TELEMETRY } from "./render/istioObjects";
import { REVISION_LABEL } from "../shared/names/istio";
import type { PlainObject } from "../shared/values/plainObjects";
import { TRACING_PROVIDER } from "./render/meshConfig";
import { renderDestinationRuleSpec, renderServiceEntrySpec } from "./render/outsideCollector";
import { renderTelemetrySpec } from "./render/telemetry";
import { input, optional, preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";

/** Inputs of {@link MeshTracing}. */
export interface MeshTracingArgs {
    /** Istio's root namespace. Only a Telemetry there applies to the whole mesh. */
    rootNamespace: pulumi.Input<string>;
    /**
     * Percentage of new traces that are recorded, 0 to 100 in steps of 0.01. 0 turns span reporting off, even for
     * requests that arrive with a sampled flag.
     * @default 1
     */
    samplingPercent?: number;
    /**
     * Name of the extension provider in the mesh configuration that receives the spans, at most 253 characters without
     * blanks. In a mesh that this program did not install, name the mesh's own: Istio traces nothing, and reports
     * nothing, if no provider has the name. {@link ExistingMesh} checks whether there is one.
     * @default tracing, the provider of {@link Istio}
     */
    provider?: pulumi.Input<string>;
    /**
     * The only revision of Istio that applies this, by its exact name and not by a tag. Other control planes of the
     * cluster, and their providers, stay as they are.
     * @default every control plane
     */
    revision?: string;
    /**
     * Istio release of the mesh, `MAJOR.MINOR.PATCH`. Empty if it is unknown: fields that only newer releases support
     * are left out.
     * @default the version pinned in versions.ts
     */
    istioVersion?: pulumi.Input<string>;
    /**
     * The collector to which sidecars send spans, as in {@link Istio}. This component adds a collector outside the
     * cluster to the mesh.
     * @default a Service of the cluster, which the mesh already knows
     */
    collector?: Collector;
}

/**
 * Mesh-wide tracing: which provider receives the spans, and how many traces are recorded. Reaches running sidecars
 * within seconds, without a restart.
 *
 * Children: Telemetry `mesh-default` (resource name `<name>`); with an outside collector also the ServiceEntry
 * `tracing-collector` (resource name `<name>-collector`), and with TLS to the collector the DestinationRule of the same
 * name (`<name>-collector-tls`) and the ConfigMap `<name>-collector-ca`.
 */
export class MeshTracing extends pulumi.ComponentResource {
    /** Percentage of new traces that are recorded. */
    public readonly samplingPercent: pulumi.Output<number>;
    /** Spec of the mesh-wide Telemetry. */
    public readonly telemetrySpec: pulumi.Output<PlainObject>;

    constructor(name: string, args: MeshTracingArgs, opts?: pulumi.ComponentResourceOptions) {
        const {
            rootNamespace: namespace,
            samplingPercent,
            provider,
            revision,
            istioVersion,
            collector,
        } = resolveMeshTracing(name, args);
        super("istio-tracing:components:MeshTracing", name, { ...args }, opts);
        // Also set on the children, because destroy and --target follow the children's own dependencies.
        const child = { parent: this, dependsOn: opts?.dependsOn };

        const labels: Record<string, string> = revision === undefined ? {} : { [REVISION_LABEL]: revision };
        const metadata = { namespace, ...(revision !== undefined && { labels }) };
        this.telemetrySpec = pulumi
            .all([istioVersion, provider])
            .apply(([version, name]) => renderTelemetrySpec(samplingPercent, version, name));
        new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "telemetry.istio.io/v1",
                kind: "Telemetry",
                metadata: { name: MESH_TELEMETRY, ...metadata, annotations: DELETED_AT_ONCE },
                spec: this.telemetrySpec,
            },
            child,
        );

        if (collector?.outsideAddress !== undefined) {
            istioObject(`${name}-collector`, child, {
                kind: "ServiceEntry",
                // With its own address, applications that resolve names through their sidecar could no longer reach the
                // host.
                metadata: { namespace, labels: { ...labels, "networking.istio.io/enable-autoallocate-ip": "false" } },
                spec: renderServiceEntrySpec(collector, collector.outsideAddress),
            });
        }
        if (collector?.tls !== undefined) {
            const configMap = authorityConfigMap(`${name}-collector-ca`, child, namespace, collector.tls.ca);
            const ca = configMap === undefined ? undefined : pulumi.interpolate`${namespace}/${configMap}`;
            istioObject(`${name}-collector-tls`, child, {
                kind: "DestinationRule",
                metadata,
                spec: renderDestinationRuleSpec(collector, collector.tls, ca),
            });
        }

        this.samplingPercent = pulumi.output(samplingPercent);
        this.registerOutputs({ samplingPercent: this.samplingPercent });
    }
}

const RULES = {
    rootNamespace: NAMESPACE_RULE,
    samplingPercent: setting("samplingPercent"),
    provider: preset(input(PROVIDER), TRACING_PROVIDER),
    revision: optional(REVISION),
    istioVersion: input(setting("istio.version")),
    collector: optional(COLLECTOR),
} satisfies RulesFor<MeshTracingArgs>;

/**
 * The arguments of {@link MeshTracing}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveMeshTracing(name: string, args: MeshTracingArgs): Resolved<typeof RULES> {
    return resolveArgs("MeshTracing", name, args, RULES);
}

function istioObject(
    name: string,
    options: pulumi.CustomResourceOptions,
    { kind, metadata, spec }: { kind: string; metadata: object; spec: PlainObject },
): void {
    const apiVersion = "networking.istio.io/v1";
    new k8s.apiextensions.CustomResource(
        name,
        { apiVersion, kind, metadata: { name: "tracing-collector", ...metadata }, spec },
        options,
    );
}
