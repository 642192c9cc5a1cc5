import { isMadeByPulumi, type ClusterObject } from "../../shared/kubernetes/objects";
import type { Finding } from "../finding";
import { revisionOf, versionOf } from "../mesh/controlPlane";
import { checkNotAmbient } from "../mesh/ambient";
import { findInstaller } from "../mesh/installer";
import { byAge, isNamespaceWide, isReadBy, type TelemetryObject } from "../mesh/objects";
import { DEFAULT_REVISION } from "../mesh/sharedConfiguration";

/**
 * Reports a control plane that is not there, or that nothing chooses among several: the mesh-wide Telemetry would apply
 * to all of them, and switch tracing off in those that do not know the provider.
 *
 * @param istiods every Deployment of istiod in the cluster.
 * @param revision the one that the settings name; undefined for none.
 * @param namespace that of the control plane, by the settings.
 */
export function checkRevisionChosen(
    istiods: ClusterObject[],
    revision: string | undefined,
    namespace: string,
): Finding[] {
    const revisions = [...new Set(istiods.map(revisionOf))];
    const wanted = revision ?? DEFAULT_REVISION;
    const list = istiods.map(describe).join(", ");
    const set = `pulumi config set --path istio.revision ${revisions.find((one) => one !== DEFAULT_REVISION) ?? "REV"}`;
    const about = { severity: "error" as const, resource: "istio.revision" };
    if (istiods.length === 0) {
        return [
            {
                ...about,
                id: "mesh-control-plane",
                // One that runs outside is no fault, and nobody can see it here.
                severity: "warning",
                resource: `namespace ${namespace}`,
                expected: "an istiod, since istio.install is false",
                got: "none in this cluster",
                cure:
                    "If no istiod runs outside of the cluster either: set istio.install to true to install Istio, or " +
                    "choose the cluster that has it",
            },
        ];
    }
    if (revision === undefined && revisions.length > 1) {
        return [
            {
                ...about,
                id: "mesh-revisions",
                expected: "the name of one revision, since the cluster has several",
                got: `no revision is set; the cluster has ${list}`,
                cure: `Choose one; this program's Telemetry then applies to that revision only: ${set}`,
            },
        ];
    }
    const here = istiods.filter((istiod) => revisionOf(istiod) === wanted);
    if (here.some(({ metadata }) => metadata.namespace === namespace)) return [];
    const [elsewhere] = here;
    if (elsewhere !== undefined) {
        return [
            {
                ...about,
                id: "mesh-control-plane",
                resource: "istio.namespace",
                expected: "the namespace of the control plane",
                got: `${namespace}, while there is ${describe(elsewhere)}`,
                cure: `Correct it: pulumi config set --path istio.namespace ${elsewhere.metadata.namespace ?? ""}`,
            },
        ];
    }
    return [
        {
            ...about,
            id: "mesh-revisions",
            expected:
                revision === undefined
                    ? "an istiod of the default revision, or the name of another one"
                    : "a revision of this cluster, not a tag",
            got: `${revision ?? "none"}, and ${list}`,
            cure: `Choose one: ${set}`,
        },
    ];
}

function describe(istiod: ClusterObject): string {
    const { namespace = "", name } = istiod.metadata;
    return `${revisionOf(istiod)} (${namespace}/${name}, Istio${versionOf(istiod)} by ${findInstaller(istiod).name})`;
}

/**
 * Reports somebody else's Telemetry for the whole mesh. Of two in the root namespace, Istio applies the older one and
 * ignores the other.
 *
 * @param telemetries those of the root namespace.
 * @param own name of the program's.
 */
export function checkOnlyMeshTelemetry(
    telemetries: TelemetryObject[],
    rootNamespace: string,
    revision: string | undefined,
    own: string,
): Finding[] {
    const others = telemetries
        .filter((one) => isNamespaceWide(one) && isReadBy(one, revision ?? DEFAULT_REVISION))
        .filter((one) => one.metadata.name !== own || !isMadeByPulumi(one))
        .sort(byAge);
    return others.map(({ metadata: { name } }) => ({
        id: "mesh-telemetry-other",
        severity: "error",
        resource: `Telemetry ${rootNamespace}/${name}`,
        expected: `no other Telemetry without selector in the root namespace ${rootNamespace}`,
        got: "one that belongs to another owner; Istio applies only the older of the two",
        cure:
            `If its owner agrees, replace it with this program's Telemetry: kubectl get telemetry ${name} -n ` +
            `${rootNamespace} -o yaml, then kubectl delete telemetry ${name} -n ${rootNamespace}. Or keep it, and ` +
            "trace single namespaces with their own Telemetries, without this program",
    }));
}

/** Reports objects with the names of the program's Jaeger that somebody else has made in the same namespace. */
export function checkJaegerNames(objects: (ClusterObject & { kind: string })[]): Finding[] {
    return objects
        .filter((object) => !isMadeByPulumi(object))
        .map(({ kind, metadata: { namespace = "", name } }) => ({
            id: "jaeger-name-taken",
            severity: "error",
            resource: `${kind} ${namespace}/${name}`,
            expected: "no object with that name, because the program creates its own Jaeger there",
            got: "one of another owner",
            cure:
                "To keep that Jaeger, set jaeger.deploy to false and collectorAddress to its Service. To replace it, " +
                `remove it first: kubectl delete ${kind.toLowerCase()} ${name} -n ${namespace}`,
        }));
}

/** What others have in a cluster with a mesh. What could not be read is undefined. */
export interface OthersInMesh {
    /** Every Deployment of istiod in the cluster. */
    istiods: ClusterObject[] | undefined;
    /** Telemetries of the root namespace. */
    telemetries: TelemetryObject[] | undefined;
    /** Objects with the names of the program's Jaeger; none if the program makes no Jaeger. */
    jaeger: (ClusterObject & { kind: string })[] | undefined;
    /** Namespaces whose pods are to be traced, of those that exist. */
    namespaces: ClusterObject[] | undefined;
}

/** What a stack has in that mesh itself. */
export interface OwnInMesh {
    /** That of the control plane. */
    namespace: string;
    /** The one that the settings name; undefined for none. */
    revision: string | undefined;
    rootNamespace: string;
    /** Name of the mesh-wide Telemetry. */
    telemetry: string;
}

/** Reports everything of others that a stack would harm, or that would keep it from tracing. */
export function checkOthersInMesh(others: OthersInMesh, own: OwnInMesh): Finding[] {
    const { istiods, telemetries, jaeger, namespaces } = others;
    return [
        ...(istiods === undefined ? [] : checkRevisionChosen(istiods, own.revision, own.namespace)),
        ...checkOnlyMeshTelemetry(telemetries ?? [], own.rootNamespace, own.revision, own.telemetry),
        ...checkJaegerNames(jaeger ?? []),
        ...(namespaces ?? []).flatMap(checkNotAmbient),
    ];
}

/**
 * Says that the program itself could not look at what others have in the mesh.
 *
 * @param what of them, for people.
 */
export function othersUnknown(what: string, reason: string): Finding {
    return {
        id: "mesh-others-unknown",
        severity: "warning",
        resource: what,
        expected: "to check them before anything is written",
        got: reason,
        cure:
            "Before the update, ask somebody who may read them in the whole cluster to run npm run preflight -- " +
            "--stack NAME",
    };
}
