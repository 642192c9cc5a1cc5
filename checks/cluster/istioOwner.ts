import { isMadeByPulumi, isOwnedBy, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";
import { revisionOf, versionOf } from "../mesh/controlPlane";
import { checkForeignControlPlanes } from "./istioInstallation";

/** Types of the components whose children are an Istio of the program's own, and of an adopted one. */
const OF_OWN_ISTIO = ["istio-tracing:components:Istio$", "istio-tracing:components:IstioCni$"];
const OF_ADOPTED = "istio-tracing:components:AdoptedIstio$";
const RELEASE = "$kubernetes:helm.sh/v3:Release";

/** True for a resource of an Istio that the program has installed itself. */
export function isOfOwnIstio(urn: string): boolean {
    return OF_OWN_ISTIO.some((type) => typeOf(urn).startsWith(type));
}

/**
 * Reports an update that would remove the Istio of the stack's own, because its settings no longer ask for one.
 *
 * @param urns what the stack has.
 * @param adopted names of the resources that an adoption takes over, so that they stay.
 * @param stack its name, for commands.
 */
export function checkOwnIstioKept(urns: string[], adopted: string[], stack: string): Finding[] {
    const lost = urns.filter((urn) => isOfOwnIstio(urn) && !adopted.includes(nameOf(urn)));
    if (lost.length === 0) return [];
    const hasReleases = lost.some(
        (urn) => typeOf(urn).endsWith(RELEASE) && typeOf(urn).startsWith(OF_OWN_ISTIO[0] ?? ""),
    );
    return [
        {
            id: "istio-of-this-stack",
            severity: "error",
            resource: `stack ${stack}`,
            expected: "no Istio that this stack has installed, because istio.install is false",
            got: `${lost.map(nameOf).join(", ")}, which the update would remove from the cluster, for everybody in the mesh`,
            cure:
                `Set istio.install to true again: pulumi config set --path istio.install true --stack ${stack}. ` +
                (hasReleases
                    ? `To keep this Istio and let others manage it: npm run adopt -- --stack ${stack} (docs/existing-mesh.md)`
                    : "Before you set istio.install to false, turn off with pulumi up what others would miss: " +
                      "istio.mtlsMode PERMISSIVE, istio.cni.mode none, no collectorHeaders"),
        },
    ];
}

/** An Istio that a stack wants to install, and what there is of it. */
export interface WantedIstio {
    /** What the stack has; undefined where nobody can tell. */
    urns: string[] | undefined;
    /** Every Deployment of istiod in the cluster. */
    istiods: ClusterObject[];
    /** The namespace of the release, if it exists. */
    namespace: ClusterObject | undefined;
    /** True if somebody else makes that namespace. */
    isExistingNamespace: boolean;
    /** The Helm release with which the program installs istiod. */
    release: ReleaseName;
    revision: string;
    stack: string;
}

/** True if the stack itself has installed its Istio, so that nothing of others is in the way. */
export function hasOwnIstio(urns: string[] | undefined): boolean {
    return urns?.some((urn) => isOfOwnIstio(urn) && typeOf(urn).endsWith(RELEASE)) === true;
}

/** Reports somebody else's Istio where the stack would install its own. */
export function checkRoomForIstio(wanted: WantedIstio): Finding[] {
    const { urns, istiods, release, revision, stack } = wanted;
    return [
        ...checkForeignControlPlanes(istiods, release, revision),
        ...(isOthers(wanted)
            ? istiods
                  .filter((istiod) => isOwnedBy(istiod, release))
                  .map((istiod) => ({
                      id: "istio-release-taken",
                      severity: "error" as const,
                      resource: `Helm release ${release.namespace}/${release.name}`,
                      expected: "none, or the one that this stack has installed",
                      got: `Istio${versionOf(istiod)} of revision ${revisionOf(istiod)}, which this stack does not have`,
                      cure:
                          `To manage it with this stack, unchanged: npm run adopt -- --stack ${stack}. To trace it ` +
                          "and leave its management to its owner: pulumi config set --path istio.install false " +
                          `--stack ${stack}. If an interrupted update of this stack left it: npm run repair -- ` +
                          `--stack ${stack}`,
                  }))
            : []),
        ...(urns?.some((urn) => typeOf(urn).startsWith(OF_ADOPTED) && typeOf(urn).endsWith(RELEASE)) === true
            ? [adoptedStill(stack)]
            : []),
    ];
}

/** Before its first good end, only the namespace tells a stack's own interrupted update from the Istio of others. */
function isOthers({ urns, namespace, isExistingNamespace }: WantedIstio): boolean {
    if (urns !== undefined) return true;
    return !isExistingNamespace && namespace !== undefined && !isMadeByPulumi(namespace);
}

function adoptedStill(stack: string): Finding {
    return {
        id: "istio-adopted",
        severity: "error",
        resource: `stack ${stack}`,
        expected: "no adopted Istio, since istio.install is true",
        got: "an adopted Istio, whose releases the update would drop",
        cure:
            `Set istio.install to false, and give it back first: npm run adopt -- --stack ${stack} --undo --yes; then ` +
            `pulumi up --stack ${stack}`,
    };
}

/** The type of a resource with those of its parents, as in `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
function typeOf(urn: string): string {
    return urn.split("::")[2] ?? "";
}

function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}
