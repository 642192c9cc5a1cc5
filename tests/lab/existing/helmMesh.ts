import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { ISTIO_HUB, ISTIO_VERSION } from "../../../lab/images/names";
import { apply } from "../doctor/faults";
import { shell } from "../doctor/examine";
import { omit, type PlainObject } from "../../../shared/values/plainObjects";
import { kubectl } from "../support/sharedLab";
import { helmInstall, removeIstio } from "./mesh";

/** Releases of the mesh, with names, namespaces and a revision of its owner's. */
export const RELEASES = { istiod: "mesh-control-plane", base: "mesh-crds" };
export const REVISION = "canary";
/** The namespace with an application of the owner's. */
export const SHOP = "shop";

/** Values of the owner's, which have nothing to do with tracing. */
export const OWN_VALUES = {
    revision: REVISION,
    pilot: { resources: { requests: { cpu: "50m", memory: "128Mi" } } },
    env: { PILOT_ENABLE_ALPN_FILTER: "false", PILOT_ENABLE_METADATA_EXCHANGE: "false" },
    podAnnotations: { "example.com/team": "mesh" },
    autoscaleEnabled: false,
    telemetry: { enabled: false },
    global: { hub: ISTIO_HUB, tag: ISTIO_VERSION, imagePullPolicy: "Never", proxy: { logLevel: "warning" } },
    meshConfig: {
        accessLogFile: "/dev/stdout",
        outboundTrafficPolicy: { mode: "ALLOW_ANY" },
        defaultConfig: { holdApplicationUntilProxyStarts: true },
        extensionProviders: [
            { name: "authorizer", envoyExtAuthzHttp: { service: "authorizer.shop.svc.cluster.local", port: 8000 } },
        ],
    },
};

/** Installs a mesh with Helm, and an application in it. */
export function installHelmMesh(lab: Cluster): void {
    helmInstall(lab, RELEASES.base, "base", { defaultRevision: REVISION });
    helmInstall(lab, RELEASES.istiod, "istiod", OWN_VALUES);
    const metadata = { name: SHOP, labels: { "istio.io/rev": REVISION } };
    apply(lab, { apiVersion: "v1", kind: "Namespace", metadata }, ...APPS.map(deployment), service("httpbin", 8000));
    kubectl(lab, "rollout", "status", "deployment", "-n", SHOP, "--timeout=120s");
}

/** Removes what {@link installHelmMesh} has made. */
export function uninstallHelmMesh(lab: Cluster): void {
    kubectl(lab, "delete", "namespace", SHOP, "--ignore-not-found");
    removeIstio(lab);
}

/** The owner's values of a release, as Helm has them. */
export function valuesOf(lab: Cluster, release: string): unknown {
    return JSON.parse(shell(lab, `helm get values ${release} -n istio-system -o json`));
}

/**
 * Every object of the owner's, without what each write changes: the mesh, its webhooks and CRDs, and the application.
 */
export function ownersObjects(lab: Cluster): Record<string, unknown> {
    const file = join(lab.identity.stateDir, "owner-manifest.yaml");
    const manifests = Object.values(RELEASES).map((name) => shell(lab, `helm get manifest ${name} -n istio-system`));
    writeFileSync(file, manifests.join("\n---\n"));
    const mesh = kubectl(lab, "get", "-f", file, "-o", "json");
    const shop = kubectl(lab, "get", "deployments,pods,services,namespaces", "-n", SHOP, "-o", "json");
    return Object.fromEntries(
        [mesh, shop].flatMap((text) =>
            (JSON.parse(text) as { items: LiveObject[] }).items
                .filter(({ kind, metadata }) => kind !== "Namespace" || metadata.name === SHOP)
                .map((object) => [
                    `${object.kind} ${object.metadata.namespace ?? ""}/${object.metadata.name}`,
                    withoutVersion(object),
                ]),
        ),
    );
}

interface LiveObject {
    kind: string;
    metadata: { name: string; namespace?: string } & Record<string, unknown>;
}

/** Without what each write changes, and what a rollout counts: the owner upgrades and rolls back in between. */
function withoutVersion(object: LiveObject): unknown {
    const metadata = omit(object.metadata, "managedFields", "resourceVersion", "generation");
    const annotations = omit((metadata["annotations"] ?? {}) as PlainObject, "deployment.kubernetes.io/revision");
    return { ...omit({ ...object }, "status"), metadata: { ...metadata, annotations } };
}

const APPS = [
    { name: "sleep", image: "docker.io/curlimages/curl:8.16.0", command: ["sleep", "infinity"] },
    { name: "httpbin", image: "docker.io/hashicorp/http-echo:1.0.0", args: ["-text=hello"] },
];

function deployment({ name, ...container }: (typeof APPS)[number]): unknown {
    const labels = { app: name };
    const spec = { terminationGracePeriodSeconds: 1, containers: [{ name, ...container }] };
    return {
        ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: SHOP } },
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
}

function service(name: string, port: number): unknown {
    const ports = [{ name: "http", port, targetPort: 5678 }];
    return {
        ...{ apiVersion: "v1", kind: "Service", metadata: { name, namespace: SHOP } },
        spec: { selector: { app: name }, ports },
    };
}
