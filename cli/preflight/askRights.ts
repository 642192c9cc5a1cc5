import type { AccessAnswer } from "../../checks/cluster/rights";
import type { ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import { at, textAt } from "../../shared/values/plainObjects";
import { map } from "../../shared/cluster/ask";
import type { RightNeeded } from "./rightsNeeded";

/** The name by which the cluster knows the user. */
export async function askUser(client: ClusterClient): Promise<Fact<string | undefined>> {
    const fact = await client.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
        apiVersion: "authentication.k8s.io/v1",
        kind: "SelfSubjectReview",
    });
    return map(fact, (review) => textAt(review, "status", "userInfo", "username"));
}

/** One answer identifies an administrator. Only for other users is every right checked. */
export async function askRights(client: ClusterClient, needed: RightNeeded[]): Promise<Fact<AccessAnswer[]>> {
    const everything = await mayI(client, { verb: "*", resource: "*.*", namespace: undefined });
    if ("failure" in everything) return everything;
    if (everything.value.allowed) return { value: needed.map((right) => ({ ...right, allowed: true })) };
    const answers = await Promise.all(needed.map((right) => mayI(client, right)));
    const found: AccessAnswer[] = [];
    for (const answer of answers) {
        if ("failure" in answer) return answer;
        found.push(answer.value);
    }
    return { value: found };
}

async function mayI(client: ClusterClient, right: RightNeeded): Promise<Fact<AccessAnswer>> {
    const [resource = "", ...group] = right.resource.split(".");
    const { verb, namespace } = right;
    const fact = await client.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes: { verb, resource, group: group.join("."), namespace } },
    });
    return map(fact, (review) => ({ ...right, allowed: at(review, "status", "allowed") === true }));
}
