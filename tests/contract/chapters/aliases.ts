import * as pulumi from "@pulumi/pulumi";
import { Box, configMap, makeNamespace } from "./parts";

/** 2 renames, moves and retypes without a change of any object; 3 forgets the old names. */
export function aliases(step: number): Record<string, unknown> {
    const made = makeNamespace("contract-aliases");
    const namespace = made.metadata.name;
    const formerly = (given: pulumi.URN | pulumi.Alias): (pulumi.URN | pulumi.Alias)[] => (step === 2 ? [given] : []);
    const stack = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}`;
    if (step === 1) {
        new Box("Box", "box", namespace);
        configMap("first", { name: "first", namespace }, { a: "1" });
        configMap("outer", { name: "outer", namespace }, { a: "1" });
        configMap("by-urn", { name: "by-urn", namespace }, { a: "1" });
        return {};
    }
    const box = new Box("Crate", "crate", namespace, {
        aliases: formerly({ name: "box", type: "contract:index:Box" }),
    });
    const second = configMap(
        "second",
        { name: "first", namespace },
        { a: "1" },
        { aliases: formerly({ name: "first" }) },
    );
    configMap(
        "outer",
        { name: "outer", namespace },
        { a: "1" },
        { parent: box, aliases: formerly({ parent: pulumi.rootStackResource }) },
    );
    const urn = `${stack}::kubernetes:core/v1:ConfigMap::by-urn`;
    configMap("urned", { name: "by-urn", namespace }, { a: "1" }, { dependsOn: [second], aliases: formerly(urn) });
    return {};
}
