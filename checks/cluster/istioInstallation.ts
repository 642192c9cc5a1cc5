import {
    helmOwner,
    isOwnedBy,
    type ClusterObject,
    type ReleaseName,
    type WebhookObject,
} from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";
import { revisionOf, versionOf } from "../mesh/controlPlane";
import { findInstaller } from "../mesh/installer";

/**
 * Reports control planes that do not belong to this program. Two control planes of one revision would inject and
 * configure the same pods.
 *
 * @param istiods every Deployment of istiod in the cluster.
 * @param own the Helm release with which the program installs istiod.
 * @param ownRevision the revision under which it does.
 */
export function checkForeignControlPlanes(
    istiods: ClusterObject[],
    own: ReleaseName,
    ownRevision = "default",
): Finding[] {
    return istiods
        .filter((istiod) => !isOwnedBy(istiod, own))
        .map((istiod) => {
            const installer = findInstaller(istiod);
            const revision = revisionOf(istiod);
            const same = revision === ownRevision;
            return {
                id: "istio-foreign-control-plane",
                severity: same ? "error" : "warning",
                resource: `Deployment ${istiod.metadata.namespace ?? ""}/${istiod.metadata.name}`,
                expected: same
                    ? `no other Istio of the ${ownRevision === "default" ? "default revision" : `revision ${ownRevision}`}`
                    : "no other Istio, because it would also apply this program's Telemetry",
                got: `Istio${versionOf(istiod)} of revision ${revision}, installed by ${installer.name}`,
                cure:
                    `To trace this Istio as it is: pulumi config set --path istio.install false${
                        same ? "" : `, and pulumi config set --path istio.revision ${revision}`
                    } (docs/existing-mesh.md). ` +
                    (installer.kind === "helm" ? "To manage it with this stack: npm run adopt -- --stack NAME. " : "") +
                    `Or use another cluster, or, if nobody needs this Istio, remove it first: ${installer.uninstall}.`,
            };
        });
}

/**
 * Reports webhooks of an Istio that no longer exists. Creating an injected pod waits for an answer that never comes.
 *
 * @param webhooks Istio's mutating and validating webhook configurations.
 * @param istiods every Deployment of istiod in the cluster.
 * @param own the Helm releases of the program.
 */
export function checkLeftoverWebhooks(
    webhooks: (WebhookObject & { kind: string })[],
    istiods: ClusterObject[],
    own: ReleaseName[],
): Finding[] {
    const served = new Set(istiods.map(({ metadata }) => metadata.namespace));
    return webhooks
        .filter((webhook) => !own.some((release) => isOwnedBy(webhook, release)))
        .filter(
            ({ webhooks: entries }) =>
                !(entries ?? []).some(({ clientConfig }) => served.has(clientConfig?.service?.namespace)),
        )
        .map((webhook) => {
            const config = webhook.webhooks?.[0]?.clientConfig;
            const target = config?.url ?? `${config?.service?.namespace ?? "?"}/${config?.service?.name ?? "?"}`;
            const { name } = webhook.metadata;
            return {
                id: "istio-leftover-webhook",
                severity: "error",
                resource: `${webhook.kind} ${name}`,
                expected: "only webhooks of an Istio that runs in this cluster",
                got: `a webhook that calls ${target}`,
                cure:
                    config?.url === undefined
                        ? `Remove the webhook, which another Istio left behind: kubectl delete ${webhook.kind.toLowerCase()} ${name}`
                        : "A control plane outside this cluster serves it. Use another cluster, or remove that mesh first.",
            };
        });
}

/**
 * Reports Istio's CRDs that Helm cannot adopt into the release `istio-base`.
 *
 * @param crds Istio's CRDs. Those that this program kept after `pulumi destroy` still belong to its release.
 * @param base the Helm release that installs them.
 */
export function checkCrdOwnership(crds: ClusterObject[], base: ReleaseName): Finding[] {
    const foreign = crds.filter((crd) => !isOwnedBy(crd, base));
    if (foreign.length === 0) return [];
    const owners = foreign.map((crd) => {
        const owner = helmOwner(crd);
        return owner === undefined ? "no Helm release" : `Helm release ${owner.name} in ${owner.namespace}`;
    });
    return [
        {
            id: "istio-crd-ownership",
            severity: "error",
            resource:
                `CustomResourceDefinition ${foreign[0]?.metadata.name ?? ""}` +
                (foreign.length === 1 ? "" : ` and ${String(foreign.length - 1)} more`),
            expected: `none, or owned by the Helm release ${base.name} in ${base.namespace}: Helm rejects any other`,
            got: `owned by ${[...new Set(owners)].join(" and ")}`,
            cure:
                "If no other Istio needs them, transfer them to this release: CRDS=$(kubectl get crd -o name | grep '[.]istio[.]io$'); " +
                "kubectl label --overwrite $CRDS app.kubernetes.io/managed-by=Helm; kubectl annotate --overwrite $CRDS " +
                `meta.helm.sh/release-name=${base.name} meta.helm.sh/release-namespace=${base.namespace}`,
        },
    ];
}

/** Reports a mesh configuration in the program's namespace that its release does not own, if no istiod runs there. */
export function checkMeshConfigOwnership(
    configMap: ClusterObject | undefined,
    istiods: ClusterObject[],
    own: ReleaseName,
): Finding[] {
    if (configMap === undefined || isOwnedBy(configMap, own)) return [];
    // If its istiod still exists, another finding covers it.
    if (istiods.some(({ metadata }) => metadata.namespace === own.namespace)) return [];
    return [
        {
            id: "istio-leftover-mesh-config",
            severity: "error",
            resource: `ConfigMap ${own.namespace}/${configMap.metadata.name}`,
            expected: `none, or owned by the Helm release ${own.name}: Helm rejects any other`,
            got: "a mesh configuration that another Istio left behind",
            cure: `Save a copy, then remove it: kubectl delete configmap ${configMap.metadata.name} -n ${own.namespace}`,
        },
    ];
}
