import assert from "node:assert/strict";
import { complete, remains } from "../../../../lab/engine/objects";

describe("an object of the Kubernetes API", () => {
    const object = (kind: string, metadata: object = {}) => ({ apiVersion: "apps/v1", kind, metadata });
    for (const [what, given, name] of [
        ["a kind that the engine cannot wait for", object("DaemonSet"), "apps/v1/DaemonSet"],
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

describe("an object that is deleted and still there", () => {
    it("says what keeps it, by the conditions and not by their words", () => {
        const condition = (type: string, status: string, message: string) => ({ type, status, message });
        const conditions = [
            condition("NamespaceDeletionDiscoveryFailure", "False", "none remain undiscovered"),
            condition("NamespaceContentRemaining", "True", "pods. has 2 resource instances"),
            condition("NamespaceFinalizersRemaining", "False", "all finalizers finished"),
        ];
        const metadata = { name: "demo", finalizers: ["example.com/keep"] };
        const reason = "it still exists; finalizer example.com/keep; pods. has 2 resource instances";
        assert.equal(remains({ metadata, status: { conditions } }), reason);
        assert.equal(remains({}), undefined);
    });
});
