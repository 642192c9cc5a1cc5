import assert from "node:assert/strict";
import { complete } from "../../../lab/engine/objects";

describe("an object of the Kubernetes API", () => {
    const object = (kind: string, metadata: object = {}) => ({ apiVersion: "apps/v1", kind, metadata });
    for (const [what, given, name] of [
        ["a kind that the engine cannot wait for", object("StatefulSet"), "apps/v1/StatefulSet"],
        ["a list", object("DeploymentList"), "apps/v1/DeploymentList"],
        ["a generated name", object("Deployment", { generateName: "a-" }), "metadata.generateName"],
        [
            "an annotation that the engine does not follow",
            object("Deployment", { annotations: { "pulumi.com/waitFor": "condition=Ready" } }),
            "pulumi.com/waitFor",
        ],
    ] as const) {
        it(`is refused for ${what}`, () => {
            const refusal = new RegExp(`The lab's engine does not serve ${name}\\.`);
            assert.throws(() => complete(given, "one", undefined), refusal);
        });
    }
});
