import type { Finding } from "../finding";
import type { ServerAnswer, WantedServer } from "./searchServer";

/** A lifecycle policy of a server that deletes old indices, as the settings have it. */
export interface WantedPolicy extends WantedServer {
    policy: string;
    /** What stands before the names of Jaeger's indices; empty for none. */
    indexPrefix: string;
}

/** Paths, after the server's URL, at which it tells of the policy and of the alias into which Jaeger writes. */
export function policyPaths({ type, policy, indexPrefix }: WantedPolicy): {
    policy: string;
    alias: string | undefined;
} {
    return type === "elasticsearch"
        ? { policy: `_ilm/policy/${policy}`, alias: `_alias/${indexPrefix}jaeger-span-write` }
        : { policy: `_plugins/_ism/policies/${policy}`, alias: undefined };
}

/**
 * Reports a server without the policy, which would delete nothing, and one without the alias, as which Jaeger would write an
 * index that no policy manages. An answer about missing rights proves nothing.
 *
 * @param alias undefined if Jaeger needs none.
 */
export function checkPolicy(wanted: WantedPolicy, policy: ServerAnswer, alias: ServerAnswer | undefined): Finding[] {
    const { url, type, policy: name, indexPrefix } = wanted;
    const kind = type === "elasticsearch" ? "ILM" : "ISM";
    // OpenSearch without the plugin does not know the path at all.
    const missing = isMissing(policy) || ("status" in policy && policy.status === 400);
    return [
        ...(missing
            ? [
                  finding(url, "storage-policy", {
                      expected: `the ${kind} policy ${name}, which jaeger.storage.lifecyclePolicy names`,
                      got: "no such policy, so that no index would ever be deleted",
                      cure: `Make it as docs/storage.md shows, or set jaeger.storage.retentionHours instead of lifecyclePolicy.`,
                  }),
              ]
            : []),
        ...(alias !== undefined && isMissing(alias)
            ? [
                  finding(url, "storage-alias", {
                      expected: `the alias ${indexPrefix}jaeger-span-write, into which Jaeger writes with a lifecycle policy`,
                      got: "no such alias, so that Jaeger would write an index of that name, which the policy does not manage",
                      cure: "Run the command init of jaeger-es-rollover once, as docs/storage.md shows.",
                  }),
              ]
            : []),
    ];
}

function isMissing(answer: ServerAnswer): boolean {
    return "status" in answer && answer.status === 404;
}

function finding(resource: string, id: string, words: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "error", resource, ...words };
}
