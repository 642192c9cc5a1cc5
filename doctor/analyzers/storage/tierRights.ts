import { missingVerbs, type Account, type Right } from "../../../checks/cluster/grants";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { ResolverRights } from "../../evidence/resolverRights";
import type { TierEvidence } from "../../evidence/tiers";
import { isReady } from "../../inventory/mesh";
import { watchedServices } from "../../inventory/nextTier";
import { restartCommands } from "../../inventory/workload";
import { applyCommand, unusedName, type Command } from "../../remediation/commands";
import type { Cause } from "./tierParts";

const API = "rbac.authorization.k8s.io";
const SLICES = { apiGroup: "discovery.k8s.io", resource: "endpointslices" };
/** What older Collectors ask for. */
const ENDPOINTS = { apiGroup: "", resource: "endpoints" };
/** An informer lists and watches. */
const NEEDED = ["list", "watch"];
const GIVEN = ["get", "list", "watch"];

/** A right that the resolver of a tier lacks, and its verbs that are known to be missing. */
interface Lack {
    account: Account;
    right: Right;
    missing: string[];
    /** True if the API server has refused it to a pod. */
    refused: boolean;
}

/**
 * Rights that the resolver `k8s` of a tier lacks in the namespace of the Service behind it. A new router without them never
 * becomes ready, and an old one keeps the list that it has. Without `watch` alone, it lists anew, up to 30 seconds apart.
 *
 * Source: https://github.com/kubernetes/client-go/blob/v0.37.0/tools/cache/reflector.go
 */
export function lackingRights(tier: TierEvidence): Cause[] {
    const { rights, pods } = tier;
    const [pod] = pods;
    if (rights === undefined || pod === undefined) return [];
    return (refused(rights) ?? unbound(tier, rights, pod)).slice(0, 1).map((lack) => causeOf(lack, rights, pod));
}

function causeOf({ account, right, missing, refused: known }: Lack, rights: ResolverRights, pod: PodObject): Cause {
    const { apiGroup, resource, namespace } = right;
    const what = `${resource} (${apiGroup === "" ? "core" : apiGroup}) in the namespace ${namespace}`;
    const found = known ? "the log of a router says that the API server refuses" : "no Role or ClusterRole gives it";
    const lists = !missing.includes("list");
    const effect = lists
        ? "routers list them repeatedly instead, and notice changes of samplers up to 30 seconds late"
        : "a new router finds no sampler and never becomes ready, while an old one keeps the samplers that it knows";
    return {
        id: "tier-resolver-rights",
        ...(lists && { severity: "warning" }),
        resource: `ServiceAccount ${account.namespace}/${account.name}`,
        expected: `the rights ${NEEDED.join(" and ")} on ${what}, which the resolver k8s of load_balancing needs`,
        got: `${found} ${missing.join(" and ")}: ${effect}`,
        cure: "Give it a Role with get, list and watch on them and restart the routers, or use the resolver dns, which needs no rights.",
        standing: true,
        commands: grant({ account, right }, rights, pod),
    };
}

/** A refusal that the objects do not show to be over; undefined without one. */
function refused({ objects, refusals }: ResolverRights): Lack[] | undefined {
    const lacks = refusals.flatMap(({ account, verb, apiGroup, resource, namespace }): Lack[] => {
        const right = { apiGroup, resource, namespace, verbs: NEEDED };
        const isOurs = [SLICES, ENDPOINTS].some((one) => one.resource === resource && one.apiGroup === apiGroup);
        const missing = "value" in objects ? missingVerbs(objects.value, account, right) : [verb];
        return isOurs && missing.length > 0 ? [{ account, right, missing, refused: true }] : [];
    });
    return lacks.length === 0 ? undefined : lacks;
}

function unbound({ files, pods, after }: TierEvidence, { objects }: ResolverRights, pod: PodObject): Lack[] {
    // Every cluster with RBAC has ClusterRoles of its own; others decide by something else.
    if (!("value" in objects) || !objects.value.some(({ kind }) => kind === "ClusterRole")) return [];
    const account = { namespace: pod.metadata.namespace ?? "", name: pod.spec?.serviceAccountName ?? "default" };
    const works = pods.every(isReady) && after.backends !== 0;
    return files.flatMap(watchedServices).flatMap(({ namespace }): Lack[] => {
        const lacks = (of: typeof SLICES): string[] =>
            missingVerbs(objects.value, account, { ...of, namespace, verbs: NEEDED });
        const missing = lacks(SLICES);
        // An older Collector works with the rights that it asks for, and a newer one gets the list by its watch.
        if (missing.length === 0 || (works && (lacks(ENDPOINTS).length === 0 || missing.join() === "list"))) return [];
        return [{ account, right: { ...SLICES, namespace, verbs: NEEDED }, missing, refused: false }];
    });
}

/** Commands that give the right; none if a name that is free is not known. */
function grant({ account, right }: Pick<Lack, "account" | "right">, rights: ResolverRights, pod: PodObject): Command[] {
    if (!("value" in rights.objects)) return [];
    const { namespace, apiGroup, resource } = right;
    const name = unusedName(`${account.name}-resolver`, namespace, itemsOf(rights.objects));
    const head = { apiVersion: `${API}/v1`, metadata: { name, namespace } };
    const rules = [{ apiGroups: [apiGroup], resources: [resource], verbs: GIVEN }];
    const subjects = [{ kind: "ServiceAccount", ...account }];
    return [
        applyCommand({ ...head, kind: "Role", rules }),
        applyCommand({ ...head, kind: "RoleBinding", roleRef: { apiGroup: API, kind: "Role", name }, subjects }),
        ...restartCommands(pod),
    ];
}
