import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { COLLECTOR, NAMESPACE_RULE, PROVIDER, setting } from "./argumentRules";
import { authorityConfigMap } from "./certificateAuthority";
import type { Collector } from "./collector";
import { DELETED_AT_ONCE, MESH_TELEMETRY } from "./render/istioObjects";
import type { PlainObject } from "../shared/values/plainObjects";
import { TRACING_PROVIDER } from "./render/meshConfig";
import { renderDestinationRuleSpec, renderServiceEntrySpec } from "./render/outsideCollector";
import { renderTelemetrySpec } from "./render/telemetry";
import { optional, preset, resolveArgs, type Resolved, type RulesFor } from "./resolve";

/** Inputs of {@link MeshTracing}. */
export interface MeshTracingArgs {
    /** Istio's root namespace: only there does a Telemetry cover the whole mesh. */
    rootNamespace: pulumi.Input<string>;
    /**
     * Percent of new traces that are recorded, 0 to 100 in steps of 0.01. 0 switches span reporting off, also for
     * requests that arrive flagged.
     * @default 1
     */
    samplingPercent?: number;
    /**
     * Name of the extension provider in the mesh configuration that gets the spans, at most 253 characters without
     * blanks. In a mesh that this program did not install, name the mesh's own: Istio traces nothing, and reports
     * nothing, if no provider has the name.
     * @default tracing, the provider of {@link Istio}
     */
    provider?: string;
    /**
     * Istio release of the mesh, `MAJOR.MINOR.PATCH`.
     * @default the version pinned in versions.ts
     */
    istioVersion?: string;
    /**
     * Where sidecars send spans, as {@link Istio} was told; one outside of the cluster is made known to the mesh here.
     * @default a Service of the cluster, which the mesh knows by itself
     */
    collector?: Collector;
}

/**
 * Mesh-wide tracing: which provider gets the spans and how many traces are recorded. Reaches running sidecars
 * within seconds, without a restart.
 *
 * Children: Telemetry `mesh-default` (resource name `<name>`); with an outside collector also the ServiceEntry
 * `tracing-collector` (resource name `<name>-collector`), and with TLS to the collector the DestinationRule of the same
 * name (`<name>-collector-tls`) and the ConfigMap `<name>-collector-ca`.
 */
export class MeshTracing extends pulumi.ComponentResource {
    /** Percent of new traces that are recorded. */
    public readonly samplingPercent: pulumi.Output<number>;
    /** Spec of the mesh-wide Telemetry. */
    public readonly telemetrySpec: PlainObject;

    constructor(name: string, args: MeshTracingArgs, opts?: pulumi.ComponentResourceOptions) {
        const {
            rootNamespace: namespace,
            samplingPercent,
            provider,
            istioVersion,
            collector,
        } = resolveMeshTracing(name, args);
        super("istio-tracing:components:MeshTracing", name, { ...args }, opts);
        // Said of the children too: what is destroyed or targeted by itself follows the children's own edges.
        const child = { parent: this, dependsOn: opts?.dependsOn };

        this.telemetrySpec = renderTelemetrySpec(samplingPercent, istioVersion, provider);
        new k8s.apiextensions.CustomResource(
            name,
            {
                apiVersion: "telemetry.istio.io/v1",
                kind: "Telemetry",
                metadata: { name: MESH_TELEMETRY, namespace, annotations: DELETED_AT_ONCE },
                spec: this.telemetrySpec,
            },
            child,
        );

        if (collector?.outsideAddress !== undefined) {
            istioObject(`${name}-collector`, child, {
                kind: "ServiceEntry",
                // With an address of its own, the host would no longer be reachable for applications that resolve
                // names through their sidecar.
                metadata: { namespace, labels: { "networking.istio.io/enable-autoallocate-ip": "false" } },
                spec: renderServiceEntrySpec(collector, collector.outsideAddress),
            });
        }
        if (collector?.tls !== undefined) {
            const configMap = authorityConfigMap(`${name}-collector-ca`, child, namespace, collector.tls.ca);
            const ca = configMap === undefined ? undefined : pulumi.interpolate`${namespace}/${configMap}`;
            istioObject(`${name}-collector-tls`, child, {
                kind: "DestinationRule",
                metadata: { namespace },
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
    provider: preset(PROVIDER, TRACING_PROVIDER),
    istioVersion: setting("istio.version"),
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
