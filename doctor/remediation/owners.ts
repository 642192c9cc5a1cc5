import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../segments";
import { helmOwner, isMadeByPulumi } from "../../shared/kubernetes/objects";
import { MANAGED_BY_LABEL } from "../../shared/names/kubernetes";
import type { Command, Touched } from "./commands";

/** The tool that manages an object, so that a manual change does not last. */
export type Keeper = { by: "Helm" | "Pulumi" | "Argo CD" | "Flux" | "operator"; name: string };

/** An object that a command changes and that does not belong to Istio. */
export interface Foreign {
    /** Kind in kubectl's notation. */
    kind: string;
    object: Touched;
    keeper: Keeper | undefined;
}

/** Marks that such tools leave on objects: https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/ */
const ARGO = "argocd.argoproj.io/tracking-id";
const FLUX = ["kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name"];

/** The tool that manages an object; undefined if there is no sign of one. */
export function managerOf({ metadata }: Touched): Keeper | undefined {
    const { labels = {}, annotations = {}, ownerReferences } = metadata;
    const argo = annotations[ARGO]?.split(":")[0];
    if (argo !== undefined) return { by: "Argo CD", name: argo };
    const flux = FLUX.flatMap((label) => labels[label] ?? [])[0];
    if (flux !== undefined) return { by: "Flux", name: flux };
    const [owner] = ownerReferences ?? [];
    if (owner !== undefined) return { by: "operator", name: `${owner.kind} ${owner.name}` };
    const release = helmOwner({ metadata });
    if (release !== undefined) return { by: "Helm", name: `${release.namespace}/${release.name}` };
    if (isMadeByPulumi({ metadata })) return { by: "Pulumi", name: "" };
    const manager = labels[MANAGED_BY_LABEL];
    return manager === undefined || manager === "pulumi" ? undefined : { by: "operator", name: manager };
}

/** The foreign objects that commands change: those outside Istio's own namespaces, and those that a tool manages. */
export function foreignObjects(steps: Command[], { mesh }: Pick<Evidence, "mesh">): Foreign[] {
    const own = [mesh.namespace, mesh.rootNamespace];
    return steps.flatMap((step) => {
        if (!("object" in step) || !("kind" in step) || !("metadata" in step.object) || step.kind === "namespace")
            return [];
        const { kind, object } = step;
        const keeper = managerOf(object);
        return keeper === undefined && own.includes(object.metadata.namespace ?? "default")
            ? []
            : [{ kind, object, keeper }];
    });
}

/** Names the owners of the objects that the commands of a finding change, because a command is not a permission. */
export function nameOwners(finding: DoctorFinding, evidence: Pick<Evidence, "mesh">): DoctorFinding {
    const foreign = foreignObjects(finding.steps, evidence);
    if (foreign.length === 0) return finding;
    const names = foreign.map(({ kind, object: { metadata }, keeper }) => {
        const kept =
            keeper === undefined
                ? ""
                : ` (managed by ${[keeper.by, keeper.name].filter(Boolean).join(" ")}, which undoes the change)`;
        return `${kind} ${metadata.namespace ?? "default"}/${metadata.name}${kept}`;
    });
    return {
        ...finding,
        cure: `${finding.cure} This changes ${[...new Set(names)].join(" and ")}, so ask the owner first.`,
    };
}
