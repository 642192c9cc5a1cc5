import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FLAG, NAMESPACE_RULE, REVISION_RULE, SIDECAR_HASH } from "./argumentRules";
import { istioObject } from "./istioObject";
import { BASE_PATH, CREDENTIAL, IDENTITY } from "./jaegerRules";
import { USERS_FILE, type AccessRules } from "./render/accessRules";
import { renderAuthorizationSpec, renderUntracedSpec, renderUsersFile, type MeshIdentity } from "./render/jaegerAccess";
import { JAEGER_LABELS } from "./render/jaegerRoles";
import { renderJaegerIntakePolicy } from "./render/tierObjects";
import { optional, preset, resolveArgs, waitsFor, type Resolved, type RulesFor } from "./resolve";
import type { BasicCredential } from "./ui";

/** Inputs of {@link JaegerAccess}. */
export interface JaegerAccessArgs {
    /** Jaeger's namespace. */
    namespace: pulumi.Input<string>;
    /**
     * True: accept spans only from workloads of the mesh, queries only from {@link queriesFrom}, and nothing else from
     * outside the pod, which gets a sidecar for that. False: every pod of the cluster can send spans and query.
     * @default false
     */
    meshOnly?: boolean;
    /**
     * `sidecarHash` of {@link Istio}, required with `meshOnly`: the policies wait for its source, and Jaeger's pod
     * restarts when its sidecar must restart.
     * @default Jaeger gets no sidecar
     */
    sidecarHash?: pulumi.Input<string>;
    /**
     * True: with `meshOnly`, spans come from a {@link CollectorTier} instead, whose samplers alone may send some.
     * @default false
     */
    takesPlainSpans?: boolean;
    /**
     * Revision or revision tag that injects the sidecar of Jaeger's pod.
     * @default the default revision
     */
    revision?: string | undefined;
    /**
     * Service account of the mesh that may query.
     * @default none: only `kubectl port-forward` reaches the query side
     */
    queriesFrom?: MeshIdentity;
    /**
     * Service account of the doctor in the cluster, which may query too.
     * @default none
     */
    doctor?: MeshIdentity;
    /**
     * Path below which Jaeger serves the UI and the query API over HTTP.
     * @default /
     */
    basePath?: string;
    /**
     * Credential that Jaeger requires for every query over HTTP or gRPC. Always kept as a Pulumi secret.
     * @default nothing
     */
    credential?: BasicCredential;
}

/**
 * Who may send spans to Jaeger, and who may query it.
 *
 * Children: Secret `<name>-users` with a credential; AuthorizationPolicy `<name>` and Telemetry `<name>-untraced` with
 * `meshOnly`, in the cluster named `jaeger`; NetworkPolicy `<name>-spans`, in the cluster named `jaeger-spans`, with
 * `takesPlainSpans` as well.
 */
export class JaegerAccess extends pulumi.ComponentResource {
    /** The argument `access` of {@link Jaeger}. Resources that use it wait until these rules are in the cluster. */
    public readonly rules: AccessRules;

    constructor(name: string, args: JaegerAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        const resolved = resolveJaegerAccess(name, args);
        const { namespace, basePath, credential, meshOnly, takesPlainSpans, queriesFrom, doctor } = resolved;
        const { sidecarHash, revision } = resolved;
        const kept = credential && { ...credential, password: pulumi.secret(credential.password) };
        super(
            "istio-tracing:components:JaegerAccess",
            name,
            { ...args, sidecarHash: undefined, credential: kept },
            opts,
        );

        const rules: AccessRules = { basePath };
        if (credential !== undefined) {
            // No fixed name: a new password creates a new Secret, which restarts Jaeger, because Jaeger reads it only
            // at startup.
            const users = new k8s.core.v1.Secret(
                `${name}-users`,
                { metadata: { namespace }, stringData: { [USERS_FILE]: pulumi.secret(renderUsersFile(credential)) } },
                { parent: this },
            );
            rules.usersSecret = users.metadata.name;
        }
        if (meshOnly && sidecarHash !== undefined) {
            const child = { parent: this, dependsOn: waitsFor(sidecarHash) };
            const selector = { app: JAEGER_LABELS.app };
            const object = { name: "jaeger", namespace };
            const queries = [queriesFrom, doctor].filter((identity) => identity !== undefined);
            const policy = istioObject(
                name,
                {
                    ...object,
                    apiVersion: "security.istio.io/v1",
                    kind: "AuthorizationPolicy",
                    spec: renderAuthorizationSpec(selector, queries),
                },
                child,
            );
            const untraced = istioObject(
                `${name}-untraced`,
                {
                    ...object,
                    apiVersion: "telemetry.istio.io/v1",
                    kind: "Telemetry",
                    spec: renderUntracedSpec(selector),
                },
                child,
            );
            const guard = takesPlainSpans
                ? new k8s.networking.v1.NetworkPolicy(`${name}-spans`, renderJaegerIntakePolicy(namespace), child)
                : policy;
            // Depends on all, so that the rules apply before Jaeger exists.
            rules.revision = revision;
            rules.sidecarHash = pulumi.all([sidecarHash, policy.urn, untraced.urn, guard.urn]).apply(([hash]) => hash);
        }

        this.rules = rules;
        this.registerOutputs({});
    }
}

const RULES = {
    namespace: NAMESPACE_RULE,
    meshOnly: preset(FLAG, false),
    sidecarHash: optional(SIDECAR_HASH),
    takesPlainSpans: preset(FLAG, false),
    revision: REVISION_RULE,
    queriesFrom: optional(IDENTITY),
    doctor: optional(IDENTITY),
    basePath: BASE_PATH,
    credential: optional(CREDENTIAL),
} satisfies RulesFor<JaegerAccessArgs>;

/**
 * The arguments of {@link JaegerAccess}, complete and valid.
 *
 * @throws ArgumentsError with every problem at once.
 */
export function resolveJaegerAccess(name: string, args: JaegerAccessArgs): Resolved<typeof RULES> {
    return resolveArgs("JaegerAccess", name, args, RULES, (spec) => ({
        spec,
        problems:
            spec.meshOnly && spec.sidecarHash === undefined
                ? [
                      {
                          key: "sidecarHash",
                          expected: "sidecarHash of the component Istio, because meshOnly gives Jaeger a sidecar",
                          got: "nothing",
                          next: "pass istio.sidecarHash, or omit meshOnly",
                      },
                  ]
                : [],
    }));
}
