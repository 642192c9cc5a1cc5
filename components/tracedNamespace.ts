import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FOREIGN_NAMESPACE, setting } from "./argumentRules";
import { DELETED_AT_ONCE, NAMESPACE_TELEMETRY } from "./render/istioObjects";
import type { PlainObject } from "../shared/values/plainObjects";
import { namespaceTracing, renderNamespaceTelemetrySpec } from "./render/telemetry";
import { input, optional, preset, resolveArgs, schemaRule, type Resolved, type RulesFor } from "./resolve";
import { CHOICE_NEXT } from "./settings/field";
import { NAMESPACE_SCHEMAS } from "./settings/namespacesFields";
import { namespaceExists } from "./objectExists";
import { type CustomTag } from "./namespaceTracing";
import { askedLabels, DEFAULT_INJECTION } from "./revision";

/** Inputs of {@link TracedNamespace}. */
export interface TracedNamespaceArgs {
    /** Name of an existing namespace, which keeps its owner. */
    namespace: string;
    /**
     * `enabled` injects new pods (label `istio-injection`). The name of a revision injects them with that revision
     * (label `istio.io/rev`). `none` leaves the labels to the namespace's owner.
     * @default enabled
     */
    injection?: string;
    /**
     * Percentage of new traces that are recorded if they enter the mesh here, 0 to 100 in steps of 0.01.
     * @default as in the whole mesh
     */
    samplingPercent?: number;
    /**
     * Tags of every span of the namespace's sidecars, by name.
     * @default none
     */
    customTags?: Record<string, CustomTag>;
    /**
     * Extension provider of the mesh configuration that receives the spans.
     * @default as in the whole mesh
     */
    provider?: string;
    /**
     * Istio release of the mesh, `MAJOR.MINOR.PATCH`.
     * @default the version pinned in versions.ts
     */
    istioVersion?: pulumi.Input<string>;
}

/**
 * Tracing of a namespace with another owner, which is patched and never owned. Its pods are not restarted. Pods without
 * a sidecar get one when their owner restarts them.
 *
 * Server-side apply without force sets the label. If the owner has set another value, the update fails and names the
 * field. If the owner has set the same value, both own the label, and it stays when this component is deleted.
 *
 * Children: NamespacePatch `<name>-injection`, unless `injection` is none; Telemetry `namespace-default` (resource name
 * `<name>`) when sampling, tags or provider are given. The namespace is read first, as `<name>-exists`, because a patch
 * of a missing namespace would create one without an owner.
 *
 * When the namespace is not there, none of them is registered. A preview warns; an update applies everything else, and then
 * fails.
 */
export class TracedNamespace extends pulumi.ComponentResource {
    /** Name of the namespace. */
    public readonly namespace: pulumi.Output<string>;
    /** Spec of the namespace's own Telemetry; undefined if it has none. */
    public readonly telemetrySpec: pulumi.Output<PlainObject> | undefined;

    constructor(name: string, args: TracedNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
        const spec = resolveTracedNamespace(name, args);
        const { namespace } = spec;
        super("istio-tracing:components:TracedNamespace", name, { ...args }, opts);

        const tracing = namespaceTracing(spec);
        this.telemetrySpec =
            tracing &&
            pulumi.output(spec.istioVersion).apply((version) => renderNamespaceTelemetrySpec(tracing, version));
        this.namespace = namespaceExists(namespace, this).apply((exists) => {
            if (!exists) reportMissing(namespace);
            return exists ? this.trace(name, spec, opts) : pulumi.output(namespace);
        });
        this.registerOutputs({ namespace: this.namespace });
    }

    /** What is put into the namespace. */
    private trace(
        name: string,
        { namespace, injection }: Resolved<typeof RULES>,
        opts: pulumi.ComponentResourceOptions | undefined,
    ): pulumi.Output<string> {
        // Resources that use its ID wait for the read. Other dependencies are also set on the children, because destroy
        // and --target follow the children's own dependencies.
        const existing = k8s.core.v1.Namespace.get(`${name}-exists`, namespace, { parent: this }).id;
        const child = { parent: this, dependsOn: opts?.dependsOn };
        const labels = askedLabels(injection);
        if (Object.keys(labels).length > 0) {
            new k8s.core.v1.NamespacePatch(`${name}-injection`, { metadata: { name: existing, labels } }, child);
        }
        if (this.telemetrySpec !== undefined) {
            new k8s.apiextensions.CustomResource(
                name,
                {
                    apiVersion: "telemetry.istio.io/v1",
                    kind: "Telemetry",
                    metadata: { name: NAMESPACE_TELEMETRY, namespace: existing, annotations: DELETED_AT_ONCE },
                    spec: this.telemetrySpec,
                },
                child,
            );
        }
        return existing;
    }
}

/** A preview may go on to the update that brings everything else; the update itself ends as one that failed. */
function reportMissing(namespace: string): void {
    const message =
        `Namespace ${namespace}: expected a namespace that its owner has created, got none. Everything else is ` +
        `applied. Next: ask its owner to create it (kubectl create namespace ${namespace}); or, if it is gone for ` +
        `good, run pulumi config rm --path namespaces.${namespace} and then pulumi up --refresh.`;
    if (pulumi.runtime.isDryRun()) void pulumi.log.warn(message);
    // Nobody waits for it, so that the program goes on to its end and only then fails.
    else void Promise.reject(new pulumi.RunError(message));
}

const { injection: INJECTION_SCHEMA, customTags: TAGS_SCHEMA, provider: PROVIDER_SCHEMA } = NAMESPACE_SCHEMAS;

const RULES = {
    namespace: FOREIGN_NAMESPACE,
    injection: preset(
        schemaRule({ expected: "enabled, none, or the name of a revision", next: CHOICE_NEXT }, INJECTION_SCHEMA),
        DEFAULT_INJECTION,
    ),
    samplingPercent: optional(setting("samplingPercent")),
    customTags: optional(
        schemaRule(
            {
                expected:
                    "an object of tags by name, each literal: { value }, environment: { name } or header: { name }",
                next: 'write it like { team: { literal: { value: "shop" } } }',
            },
            TAGS_SCHEMA,
        ),
    ),
    provider: optional(
        schemaRule(
            { expected: "the name of an extension provider", next: "name one of meshConfig.extensionProviders" },
            PROVIDER_SCHEMA,
        ),
    ),
    istioVersion: input(setting("istio.version")),
} satisfies RulesFor<TracedNamespaceArgs>;

/**
 * The arguments of {@link TracedNamespace}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveTracedNamespace(name: string, args: TracedNamespaceArgs): Resolved<typeof RULES> {
    return resolveArgs("TracedNamespace", name, args, RULES);
}
