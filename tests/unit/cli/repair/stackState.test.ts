import assert from "node:assert/strict";
import { adopt, isRead, nameOf, type Exported, type StateResource } from "../../../../cli/repair/stackState";

const URN = "urn:pulumi:dev::istio-tracing::";
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const provider = `${URN}pulumi:providers:kubernetes::default_4_34_2`;
const state = (...resources: StateResource[]): Exported => ({
    version: 3,
    deployment: {
        resources: [
            { urn: `${URN}pulumi:pulumi:Stack::dev`, type: "pulumi:pulumi:Stack", custom: false },
            { urn: provider, type: "pulumi:providers:kubernetes", custom: true, id: "1234" },
            ...resources,
        ],
        pending_operations: [{ type: "creating", resource: wanted }],
    },
});
const component = {
    ...{ urn: `${URN}istio-tracing:components:Jaeger::jaeger`, type: "istio-tracing:components:Jaeger", custom: false },
    parent: `${URN}pulumi:pulumi:Stack::dev`,
};
const wanted: StateResource = {
    ...{ urn: `${component.urn}$kubernetes:core/v1:Service::jaeger`, type: "kubernetes:core/v1:Service", custom: true },
    ...{ parent: component.urn, provider: `${provider}::04da6b54-80e4-46f7-96ec-b56ff0331ba9` },
    dependencies: [provider, "urn:gone"],
    propertyDependencies: { metadata: ["urn:gone"] },
    inputs: { apiVersion: "v1", kind: "Service", metadata: { name: "jaeger", namespace: "istio-system" } },
};
const taken = (one: StateResource, live?: Record<string, unknown>, before = state()) => {
    const adoption = { wanted: one, live, manager: "pulumi-kubernetes-1a2b3c4d" };
    return adopt(before, [adoption], [component]).deployment;
};

describe("a resource that is taken into a stack's state", () => {
    it("stands there as if the run had come to its end", () => {
        const { resources = [], pending_operations: pending } = taken(wanted);
        const { id, provider: by, dependencies, propertyDependencies, outputs } = resources.at(-1) ?? wanted;
        assert.deepEqual([id, by], ["istio-system/jaeger", `${provider}::1234`]);
        assert.deepEqual([dependencies, propertyDependencies], [[provider], { metadata: [] }]);
        assert.deepEqual(outputs, {
            ...wanted.inputs,
            __fieldManager: "pulumi-kubernetes-1a2b3c4d",
            __initialApiVersion: "v1",
        });
        assert.deepEqual(pending, []);
    });

    it("counts as read only once the cluster's answer is in the state", () => {
        const { resources = [] } = taken(wanted);
        assert.equal(isRead(resources.at(-1) ?? wanted), false);
        assert.equal(isRead({ ...wanted, outputs: { metadata: { name: "jaeger", uid: "one" } } }), true);
        assert.equal(isRead({ ...wanted, outputs: { metadata: { ...SECRET, ciphertext: "v1:abc" } } }), true);
        const release = { ...wanted, type: "kubernetes:helm.sh/v3:Release" };
        assert.equal(isRead({ ...release, outputs: { name: "istiod" } }), false);
        assert.equal(isRead({ ...release, outputs: { status: { status: "deployed" } } }), true);
    });

    it("comes after the components above it", () => {
        const urns = (taken(wanted).resources ?? []).map(({ urn }) => urn);
        assert.deepEqual(urns.slice(-2), [component.urn, wanted.urn]);
        assert.equal(taken(wanted, undefined, state(component)).resources?.length, 4);
    });

    it("takes the place of one that was deleted to be made anew", () => {
        const { resources = [] } = taken(wanted, undefined, state({ ...wanted, pendingReplacement: true }));
        assert.equal(resources.filter(({ urn }) => urn === wanted.urn).length, 1);
    });

    it("keeps a secret of the state, and encrypts what a preview hides", () => {
        const sealed = { ...SECRET, ciphertext: "v1:abc" };
        const inputs = { ...wanted.inputs, data: { sealed, hidden: "[secret]", gone: "[secret]", plain: "1" } };
        const live = { data: { sealed: "s", hidden: "h", plain: "2" } };
        const { resources = [] } = taken({ ...wanted, inputs }, live);
        assert.deepEqual(resources.at(-1)?.inputs?.["data"], {
            ...{ sealed, plain: "1" },
            hidden: { ...SECRET, plaintext: '"h"' },
        });
    });

    it("keeps no value of a Helm release, so that the next up upgrades it", () => {
        const inputs = { name: "istiod", namespace: "istio-system", timeout: 300, values: { password: "canary" } };
        const release = { ...wanted, type: "kubernetes:helm.sh/v3:Release", inputs };
        const { resources = [] } = taken(release);
        const { id, inputs: kept } = resources.at(-1) ?? wanted;
        assert.deepEqual([id, kept?.["timeout"]], ["istio-system/istiod", 300]);
        assert.doesNotMatch(JSON.stringify(resources), /canary/);
    });

    it("has no name while a preview does not know it", () => {
        const inputs = { metadata: { name: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" } };
        assert.equal(nameOf({ ...wanted, inputs }), undefined);
        assert.deepEqual(nameOf(wanted), { name: "jaeger", namespace: "istio-system" });
    });
});
