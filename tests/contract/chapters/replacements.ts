import { account, configMap, makeNamespace } from "./parts";

/** 2 replaces, 3 does so again and leaves out what depends on it. */
export function replacements(step: number): Record<string, unknown> {
    const made = makeNamespace("contract-replacements");
    const namespace = made.metadata.name;
    const data = { step: String(step) };
    const root = configMap("root", { namespace }, data, { deleteBeforeReplace: true });
    const ofRoot = { root: root.metadata.name };
    if (step < 3) {
        const leaf = configMap("leaf", { namespace }, ofRoot);
        configMap("twig", { namespace }, { leaf: leaf.metadata.name });
    }
    account("user", { name: "user", namespace }, ofRoot);
    account("after", { name: "after", namespace }, { a: "1" }, { dependsOn: [root] });
    configMap("along", { name: "along", namespace }, { a: "1" }, { replaceWith: [root] });
    account("bound", { namespace }, { a: "1" }, { deletedWith: root });
    account("triggered", { namespace }, { a: "1" }, { replacementTrigger: step });
    const first = configMap("first", { namespace }, data);
    configMap("behind", { namespace }, { first: first.metadata.name });
    configMap("named", { name: "named", namespace }, data);
    return { root: root.metadata.name.apply((name) => name.startsWith("root-")) };
}
