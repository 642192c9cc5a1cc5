import { itemsOf } from "../../../shared/cluster/facts";
import type { WorkloadObject } from "../../../shared/kubernetes/objects";
import { UserError } from "../../../shared/terminal/errors";
import type { Access } from "../../connection/access";
import { readRelatedObjects } from "../../evidence/relatedObjects";
import { readWorkloads } from "../../inventory/discovery";
import { fullName, isInjectionOn, isReady, sidecarOf } from "../../inventory/mesh";
import type { Discovery } from "../../inventory/objects";
import { nameForKubectl, rollableOf } from "../../inventory/workload";
import type { PathOptions } from "../../probe/path";
import { formatCommand, type Command } from "../../remediation/commands";
import { whyNotReady } from ".";

/** The maximum number of namespaces in which to look for workloads. */
const NAMESPACES = 3;

/**
 * Why no pod can send a probe: what keeps away the pods of the workload that the user names, otherwise those of the
 * namespaces with injection or with pods that have a sidecar. Undefined if nothing shows a reason.
 */
export async function sourceNotReady(
    access: Access,
    { from, namespace }: PathOptions,
    discovery: Discovery,
): Promise<UserError | undefined> {
    const name = from?.split("/").at(-1);
    const homes = name === undefined && namespace === undefined ? homesOfSidecars(discovery) : [namespace ?? "default"];
    // Pods that are ready have no HTTP client, which is another reason.
    const serves = itemsOf(discovery.pods).some((pod) => homes.includes(pod.metadata.namespace ?? "") && isReady(pod));
    if (name === undefined && serves) return undefined;
    for (const home of homes.slice(0, NAMESPACES)) {
        const workloads = await readWorkloads(access, home);
        for (const workload of itemsOf(workloads).filter((one) => name === undefined || one.metadata.name === name)) {
            const found = await whyMissing(access, workload, name !== undefined, discovery);
            if (found !== undefined) return found;
        }
    }
    return undefined;
}

/** Pods can ask for sidecars themselves, in a namespace whose labels say nothing. */
function homesOfSidecars({ namespaces, pods }: Discovery): string[] {
    const labelled = itemsOf(namespaces).filter(isInjectionOn);
    const withSidecars = itemsOf(pods).filter((pod) => sidecarOf(pod) !== undefined);
    return [
        ...new Set([
            ...labelled.map(({ metadata }) => metadata.name),
            ...withSidecars.flatMap(({ metadata }) => metadata.namespace ?? []),
        ]),
    ];
}

async function whyMissing(
    access: Access,
    workload: WorkloadObject,
    named: boolean,
    { pods: listed }: Discovery,
): Promise<UserError | undefined> {
    const { namespace = "" } = workload.metadata;
    const pods = itemsOf(listed).filter(
        (pod) => pod.metadata.namespace === namespace && rollableOf(pod) === nameForKubectl(workload),
    );
    if (pods.some(isReady)) return undefined;
    const resource = `${workload.kind} ${fullName(workload)}`;
    if (workload.spec?.replicas === 0) {
        if (!named) return undefined;
        const scale: Command = { verb: "scale", workload: nameForKubectl(workload), namespace, replicas: 1 };
        return noSource(resource, "replicas is 0", `scale it up: ${formatCommand(scale)}`);
    }
    const scope = { collector: undefined, empty: namespace, network: [], pods, crashing: pods, starved: [] };
    const relatedObjects = await readRelatedObjects(access, scope);
    const trouble = whyNotReady(workload, pods, { relatedObjects });
    if (trouble === undefined) return undefined;
    return noSource(trouble.resource, trouble.got, trouble.cure.replace(/\.$/, ""));
}

function noSource(resource: string, got: string, next: string): UserError {
    return new UserError(
        `expected a ready pod of the mesh that can send a probe, got: ${resource}: ${got}. Next: ${next}.`,
        2,
    );
}
