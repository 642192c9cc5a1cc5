/** One thing that a user does, in the story of a chapter. */
export interface Situation {
    name: string;
    operation: "up" | "refresh" | "destroy";
    step: number;
    /** It is meant to fail. */
    fails?: true;
    /** What somebody else does before, by kubectl. */
    before?: string[];
    /** Ends of the URNs that are targets. */
    targets?: string[];
}

export interface Chapter {
    /** Where its objects are, so that what is left in the cluster can be listed. */
    namespaces: string[];
    situations: Situation[];
}

const account = (name: string): string => `kubernetes:core/v1:ServiceAccount::${name}`;
const up = (name: string, step: number, more: Partial<Situation> = {}): Situation => ({
    ...{ name, operation: "up", step },
    ...more,
});
const refresh = (name: string, step: number, more: Partial<Situation> = {}): Situation => ({
    ...{ name, operation: "refresh", step },
    ...more,
});
const destroy = (name: string, step: number, more: Partial<Situation> = {}): Situation => ({
    ...{ name, operation: "destroy", step },
    ...more,
});

/** The program's chapters: each is a stack of its own, and each situation starts from the state of the one before. */
export const CHAPTERS: Record<string, Chapter> = {
    kinds: {
        namespaces: ["contract"],
        situations: [
            up("makes all", 1),
            up("updates, replaces and upgrades", 2),
            up("removes what the program leaves out", 3),
            up("does nothing", 3),
            refresh("sees what was changed and deleted by hand", 3, {
                before: [
                    "-n contract delete cm status",
                    `-n contract patch cm url -p {"data":{"url":"other"}}`,
                    "-n contract label sa account step-",
                ],
            }),
            up("puts right what was changed by hand", 3),
            destroy("destroys all", 3),
        ],
    },
    options: {
        namespaces: ["contract-options"],
        situations: [
            up("makes all", 1),
            up("follows the options", 2),
            up("refuses to delete what is protected", 3, { fails: true }),
            up("unprotects, and leaves in place what is retained", 4),
            up("imports", 5, {
                before: [
                    "-n contract-options create sa found",
                    "-n contract-options label sa found mine=true theirs=true",
                ],
            }),
            up("does nothing", 5),
            destroy("destroys all", 5),
        ],
    },
    aliases: {
        namespaces: ["contract-aliases"],
        situations: [
            up("makes all", 1),
            up("knows all by their former names", 2),
            up("needs the former names no more", 3),
            destroy("destroys all", 3),
        ],
    },
    replacements: {
        namespaces: ["contract-replacements"],
        situations: [
            up("makes all", 1),
            up("replaces, with all that depends on it", 2),
            up("does nothing", 2),
            up("deletes for good what was deleted with it", 3),
            destroy("destroys all", 3),
        ],
    },
    providers: {
        namespaces: ["contract-providers", "contract-others"],
        situations: [
            up("makes all", 1),
            up("moves to another provider of the same cluster", 2),
            up("follows the namespace of a provider", 3),
            up("does nothing", 3),
            destroy("destroys all", 3),
        ],
    },
    failures: {
        namespaces: ["contract-failures"],
        situations: [
            up("makes the first", 1),
            up("fails at what somebody else has made", 2, {
                fails: true,
                before: ["-n contract-failures create cm taken --from-literal=a=other"],
            }),
            up("goes on once that is gone", 2, { before: ["-n contract-failures delete cm taken"] }),
            up("waits in vain", 3, { fails: true }),
            up("goes on with what was not ready", 4),
            up("leaves all alone when the program fails", 5, { fails: true }),
            up("protects", 6),
            destroy("refuses to destroy what is protected", 6, { fails: true }),
            up("makes anew what was destroyed until then", 7),
            destroy("destroys all", 7),
        ],
    },
    targets: {
        namespaces: ["contract-targets"],
        situations: [
            up("makes all", 1),
            up("updates the target alone", 2, { targets: [account("one")] }),
            up("makes the target alone", 2, { targets: [account("new")] }),
            up("refuses a target that needs what is no target", 2, { fails: true, targets: [account("needy")] }),
            refresh("refreshes the target alone", 2, {
                targets: [account("one")],
                before: ["one", "two"].map(
                    (name) => `-n contract-targets patch sa ${name} -p {"metadata":{"labels":{"step":"9"}}}`,
                ),
            }),
            destroy("refuses to destroy what something else needs", 2, { fails: true, targets: [account("one")] }),
            destroy("destroys the target alone", 2, { targets: [account("two")] }),
            destroy("destroys all", 2),
        ],
    },
};

/** The full URN of a target. */
export const targetUrn = (chapter: string, end: string): string => `urn:pulumi:${chapter}::contract::${end}`;
