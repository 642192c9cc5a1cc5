import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Istio } from "./istio";
import { istioObject } from "./istioObject";
import {
    renderAuthorizationSpec,
    renderUntracedSpec,
    renderUsersFile,
    USERS_FILE,
    withQueryAccess,
    withSidecar,
    withUsers,
    type MeshIdentity,
} from "./render/jaegerAccess";
import { JAEGER_LABELS } from "./render/jaegerWorkload";
import type { PlainObject } from "./render/objects";
import type { BasicCredential } from "./ui";

/** Inputs of {@link JaegerAccess}. */
export interface JaegerAccessArgs {
    /** Jaeger's namespace. */
    namespace: pulumi.Input<string>;
    /** The mesh. With `meshOnly` it gives Jaeger a sidecar, and Jaeger starts after it. */
    istio: Istio;
    /**
     * True: spans from workloads of the mesh only, queries from {@link queriesFrom} only, and nothing else from outside
     * of the pod, which gets a sidecar for that. False: every pod of the cluster may send and query.
     * @default false
     */
    meshOnly?: boolean;
    /**
     * Service account of the mesh that may query.
     * @default none: only `kubectl port-forward` reaches the query side
     */
    queriesFrom?: MeshIdentity;
    /**
     * Path below which Jaeger serves UI and query API over HTTP.
     * @default /
     */
    basePath?: string;
    /**
     * What Jaeger asks for before it answers a query over HTTP or gRPC, by whatever way it comes. Always kept as a
     * Pulumi secret.
     * @default nothing
     */
    credential?: BasicCredential;
}

/**
 * Who may send spans to Jaeger, and who may query it.
 *
 * Children: Secret `<name>-users` with a credential; AuthorizationPolicy `<name>` and Telemetry `<name>-untraced` with
 * `meshOnly`. In the cluster the last two are called `jaeger`.
 */
export class JaegerAccess extends pulumi.ComponentResource {
    /** Path below which Jaeger serves, without a slash at its end. */
    public readonly pathPrefix: string;
    private readonly args: JaegerAccessArgs;
    private readonly users: k8s.core.v1.Secret | undefined;

    constructor(name: string, args: JaegerAccessArgs, opts?: pulumi.ComponentResourceOptions) {
        const credential = args.credential && { ...args.credential, password: pulumi.secret(args.credential.password) };
        super("istio-tracing:components:JaegerAccess", name, { ...args, istio: undefined, credential }, opts);
        this.args = args;
        this.pathPrefix = args.basePath === undefined || args.basePath === "/" ? "" : args.basePath;
        if (args.credential !== undefined) {
            // No fixed name: a new password is a new Secret, and Jaeger, which reads it at its start, rolls onto it.
            this.users = new k8s.core.v1.Secret(
                `${name}-users`,
                {
                    metadata: { namespace: args.namespace },
                    stringData: { [USERS_FILE]: pulumi.secret(renderUsersFile(args.credential)) },
                },
                { parent: this },
            );
        }
        if (args.meshOnly === true) this.closeToOthers(name, args);
        this.registerOutputs({});
    }

    /** Jaeger's configuration as these rules want it. */
    public configuration(config: PlainObject): PlainObject {
        return withQueryAccess(config, this.pathPrefix, this.users !== undefined);
    }

    /** Jaeger's Deployment as these rules want it. */
    public deployment(deployment: k8s.apps.v1.DeploymentArgs): k8s.apps.v1.DeploymentArgs {
        const known = this.users === undefined ? deployment : withUsers(deployment, this.users.metadata.name);
        return this.args.meshOnly === true ? withSidecar(known, this.args.istio.sidecarHash) : known;
    }

    private closeToOthers(name: string, { namespace, istio, queriesFrom }: JaegerAccessArgs): void {
        const child = { parent: this, dependsOn: istio };
        istioObject(
            name,
            {
                apiVersion: "security.istio.io/v1",
                kind: "AuthorizationPolicy",
                name: "jaeger",
                namespace,
                spec: renderAuthorizationSpec({ app: JAEGER_LABELS.app }, queriesFrom),
            },
            child,
        );
        istioObject(
            `${name}-untraced`,
            {
                apiVersion: "telemetry.istio.io/v1",
                kind: "Telemetry",
                name: "jaeger",
                namespace,
                spec: renderUntracedSpec({ app: JAEGER_LABELS.app }),
            },
            child,
        );
    }
}
