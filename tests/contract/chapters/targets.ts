import { account, Box, makeNamespace } from "./parts";

/** 2 changes all and adds `new` and `unwanted`. */
export function targets(step: number): Record<string, unknown> {
    const made = makeNamespace("contract-targets");
    const namespace = made.metadata.name;
    const labels = { step: String(step) };
    const one = account("one", { name: "one", namespace }, labels);
    account("two", { name: "two", namespace }, labels, { dependsOn: [one] });
    account("three", { name: "three", namespace }, labels);
    new Box("Box", "box", namespace);
    if (step === 2) {
        account("new", { name: "new", namespace }, labels);
        const unwanted = account("unwanted", { name: "unwanted", namespace }, labels);
        account("needy", { name: "needy", namespace }, labels, { dependsOn: [unwanted] });
    }
    return {};
}
