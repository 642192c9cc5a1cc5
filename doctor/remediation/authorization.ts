import {
    denialsOf,
    matchingRules,
    type AuthorizedPod,
    type AuthorizedRequest,
    type Denial,
} from "../../checks/mesh/authorization";
import { isKind, type Manifest } from "../../shared/kubernetes/manifest";
import { itemsAt, listAt, mapAt } from "../../shared/values/plainObjects";
import { applyCommand, patchCommand, unusedName, type Command, type Touched } from "./commands";

/** The policy that lets requests in. */
export interface Admission {
    /** Its name, unless another policy has it. */
    name: string;
    /** Labels of the receiving pods. */
    labels: Record<string, string>;
    /** The principals to let in, or `*` for every workload of the mesh; undefined for senders without an identity. */
    principals: string[] | undefined;
}

/** Several policies can reject the same request, and the next one shows only after the first is out of the way. */
const ROUNDS = 3;

/**
 * Commands with which policies no longer reject a request. They take the sender out of rules with DENY, because these
 * take precedence over every other policy, and add a policy with ALLOW if only ALLOW policies are left that reject it.
 */
export function admit(
    objects: Manifest[],
    request: AuthorizedRequest,
    pod: AuthorizedPod,
    { name, labels, principals }: Admission,
): Command[] {
    const commands: Command[] = [];
    let left = objects;
    for (let round = 0; round < ROUNDS; round++) {
        const denials = denialsOf(left, request, pod);
        const [first] = denials;
        if (first === undefined) return commands;
        if (first.action === "ALLOW") {
            const port = String(request.port);
            const rule = {
                ...(principals !== undefined && { from: [{ source: { principals } }] }),
                to: [{ operation: { ports: [port] } }],
            };
            const policies = left.filter((object) => isKind(object, "AuthorizationPolicy", "security.istio.io"));
            const policy = {
                apiVersion: "security.istio.io/v1",
                kind: "AuthorizationPolicy",
                metadata: {
                    name: unusedName(name, pod.namespace, policies as unknown as Touched[]),
                    namespace: pod.namespace,
                },
                spec: { selector: { matchLabels: labels }, rules: [rule] },
            };
            commands.push(applyCommand(policy));
            left = [...left, policy];
            continue;
        }
        for (const denial of denials) {
            const { changed, command } = exclude(denial, request, principals?.includes("*") !== true);
            commands.push(command);
            left = left.map((object) => (object === denial.policy ? changed : object));
        }
    }
    // A condition that cannot be judged.
    return [];
}

/** Takes a sender, or the requested port, out of the rules of a policy that reject the request. */
function exclude(
    { policy }: Denial,
    request: AuthorizedRequest,
    single: boolean,
): { changed: Manifest; command: Command } {
    const rules = listAt(policy, "spec", "rules");
    const changes = matchingRules(policy, request).map((index) => ({
        index,
        rule: withoutRequest(rules[index] ?? {}, request, single),
    }));
    const changed = rules.map((rule, index) => changes.find((change) => change.index === index)?.rule ?? rule);
    return {
        changed: { ...policy, spec: { ...mapAt(policy, "spec"), rules: changed } },
        command: patchCommand(
            "authorizationpolicy",
            policy as unknown as Touched,
            changes.map(({ index, rule }) => ({ op: "replace", path: `/spec/rules/${String(index)}`, value: rule })),
        ),
    };
}

/**
 * The rule for everybody but the sender. If every sender is meant, or if this one has no identity, for every port but
 * the requested one.
 */
function withoutRequest(rule: Manifest, { from, port }: AuthorizedRequest, single: boolean): Manifest {
    const principal = single ? from?.principals.at(-1) : undefined;
    if (principal === undefined) {
        return { ...rule, to: each(rule, "to", "operation", (operation) => also(operation, "notPorts", String(port))) };
    }
    const account = principal.replace(/^.*\/ns\/(.+)\/sa\/(.+)$/, "$1/$2");
    return {
        ...rule,
        from: each(rule, "from", "source", (source) =>
            // Istio does not accept both kinds of names in one source.
            "serviceAccounts" in source || "notServiceAccounts" in source
                ? also(source, "notServiceAccounts", account)
                : also(source, "notPrincipals", principal),
        ),
    };
}

/** Changes each alternative of a rule. A rule without alternatives gets one. */
function each(rule: Manifest, list: string, key: string, change: (fields: Manifest) => Manifest): Manifest[] {
    const there = listAt(rule, list);
    return (there.length === 0 ? [{}] : there).map((one) => ({ ...one, [key]: change(mapAt(one, key)) }));
}

function also(fields: Manifest, key: string, value: string): Manifest {
    return { ...fields, [key]: [...itemsAt(fields, key), value] };
}
