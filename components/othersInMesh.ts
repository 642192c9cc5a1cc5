import { othersUnknown, type OthersInMesh } from "../checks/cluster/existingMesh";
import type { Finding } from "../checks/finding";
import type { TelemetryObject } from "../checks/mesh/objects";
import { TELEMETRY } from "../checks/mesh/shapes";
import { list, one } from "../shared/cluster/ask";
import { METADATA, METADATA_LIST, type ClusterClient } from "../shared/cluster/client";
import type { Fact } from "../shared/cluster/facts";
import type { ClusterObject } from "../shared/kubernetes/objects";
import { OBJECT } from "../shared/kubernetes/shapes";

/** Deployments of istiod in all namespaces, with their metadata. */
export function askIstiods(client: ClusterClient): Promise<Fact<ClusterObject[]>> {
    return list(client, "/apis/apps/v1/deployments?labelSelector=app%3Distiod", OBJECT, METADATA_LIST);
}

/** Telemetries of a namespace; none where the cluster has no such API. */
export function askTelemetries(
    client: ClusterClient,
    namespace: string,
): Promise<Fact<(TelemetryObject & ClusterObject)[]>> {
    return list(client, `/apis/telemetry.istio.io/v1/namespaces/${namespace}/telemetries`, TELEMETRY);
}

/** Objects with the names of the program's Jaeger, whoever made them. */
export async function askJaeger(
    client: ClusterClient,
    namespace: string,
): Promise<Fact<(ClusterObject & { kind: string })[]>> {
    const asked = [
        ["Deployment", `/apis/apps/v1/namespaces/${namespace}/deployments/jaeger`],
        ["Service", `/api/v1/namespaces/${namespace}/services/jaeger-collector`],
        ["Service", `/api/v1/namespaces/${namespace}/services/jaeger-query`],
    ] as const;
    const facts = await Promise.all(
        asked.map(async ([kind, path]) => ({ kind, fact: await one(client, path, OBJECT, METADATA) })),
    );
    const found: (ClusterObject & { kind: string })[] = [];
    for (const { kind, fact } of facts) {
        if ("failure" in fact) return fact;
        if (fact.value !== undefined) found.push({ ...fact.value, kind });
    }
    return { value: found };
}

/** What a stack has in a mesh, or needs there. */
interface AskedOthers {
    /** Namespace of the control plane. */
    namespace: string;
    rootNamespace: string;
    /** True if the program makes its own Jaeger there. */
    hasJaeger: boolean;
    /** Namespaces whose pods are to be traced. */
    traced: string[];
}

/** Reads what others have in a mesh. What cannot be read is a finding. */
export async function askOthers(
    client: ClusterClient,
    { namespace, rootNamespace, hasJaeger, traced }: AskedOthers,
): Promise<{ others: OthersInMesh; unknown: Finding[] }> {
    const unknown: Finding[] = [];
    const known = <T>(what: string, fact: Fact<T>): T | undefined => {
        if ("value" in fact) return fact.value;
        unknown.push(othersUnknown(what, fact.failure.reason));
        return undefined;
    };
    const [istiods, telemetries, jaeger, ...namespaces] = await Promise.all([
        askIstiods(client),
        askTelemetries(client, rootNamespace),
        hasJaeger ? askJaeger(client, namespace) : Promise.resolve({ value: [] }),
        ...traced.map((name) => one(client, `/api/v1/namespaces/${name}`, OBJECT, METADATA)),
    ] as const);
    const others: OthersInMesh = {
        istiods: known("control planes of other revisions", istiods),
        telemetries: known(`Telemetries in the root namespace ${rootNamespace}`, telemetries),
        jaeger: known(`Deployments and Services in ${namespace}`, jaeger),
        namespaces: namespaces.flatMap((fact, index) => known(`namespace ${traced[index] ?? ""}`, fact) ?? []),
    };
    return { others, unknown };
}
