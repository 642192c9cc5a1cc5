import assert from "node:assert/strict";
import { OWN_NAMESPACES } from "../../../components/ownNamespaces";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { at, mapAt } from "../../../shared/values/plainObjects";

const FULL = {
    ui: JSON.stringify({
        ...{ mode: "gateway", host: "traces.example.com" },
        tls: { mode: "certManager", certManager: "install", issuer: { type: "selfSigned" } },
    }),
    uiBasicAuth: JSON.stringify({ username: "anna", password: "correct-horse-9" }),
    doctor: JSON.stringify({ enabled: true, image: "registry.example.com/tracing-doctor:1" }),
};
const LABELS = { team: "platform", "pod-security.kubernetes.io/warn": "restricted" };
const ANNOTATIONS = { "scheduler.alpha.kubernetes.io/node-selector": "pool=mesh" };

const planWith = (ownNamespaces: object, more: object = {}): Promise<Plan> =>
    planProgram({ ...FULL, ...more, ownNamespaces: JSON.stringify(ownNamespaces) });

function namespacesIn({ resources }: Pick<Plan, "resources">): PlannedResource[] {
    return resources.filter(({ type }) => type.endsWith(":Namespace"));
}

/** The names of the namespaces that lack one of the labels or annotations. */
function lacking(plan: Pick<Plan, "resources">): unknown[] {
    const has = (found: object, wanted: Record<string, string>): boolean =>
        Object.entries(wanted).every(([key, value]) => at(found, key) === value);
    return namespacesIn(plan)
        .filter(({ inputs }) => {
            const { labels = {}, annotations = {} } = mapAt(inputs, "metadata") as Record<string, object | undefined>;
            return !has(labels, LABELS) || !has(annotations, ANNOTATIONS);
        })
        .map(({ inputs }) => at(inputs, "metadata", "name"));
}

describe("the setting ownNamespaces", () => {
    it("writes its labels and annotations on every namespace that the program makes", async () => {
        const plan = await planWith({ labels: LABELS, annotations: ANNOTATIONS });
        assert.equal(namespacesIn(plan).length, OWN_NAMESPACES.length);
        assert.deepEqual(lacking(plan), []);
        const demo = namespacesIn(plan).find(({ name }) => name === "demo");
        assert.equal(at(demo?.inputs, "metadata", "labels", "istio-injection"), "enabled");
    });

    it("is missed where somebody adds a namespace that does not follow it", async () => {
        const { resources } = await planWith({ labels: LABELS, annotations: ANNOTATIONS });
        const inputs = { metadata: { name: "new", labels: { team: "platform" } } };
        const added = {
            type: "kubernetes:core/v1:Namespace",
            name: "new",
            parent: undefined,
            dependencies: [],
            inputs,
        };
        assert.deepEqual(lacking({ resources: [...resources, added] }), ["new"]);
    });

    it("makes none of those that somebody else has made, and puts everything into them all the same", async () => {
        const [without, plan] = [await planWith({}), await planWith({ existing: true })];
        assert.deepEqual(namespacesIn(plan), []);
        const namesOf = ({ resources }: Plan): string[] =>
            resources
                .filter(({ type }) => !type.endsWith(":Namespace"))
                .map(({ type, name }) => `${type} ${name}`)
                .sort();
        assert.deepEqual(namesOf(plan), namesOf(without));
        const backend = plan.resources.find(({ type, name }) => type.endsWith(":Deployment") && name === "backend");
        assert.equal(at(backend?.inputs, "metadata", "namespace"), "demo");
    });

    it("has the demo's pods ask for sidecars themselves where the namespace need not", async () => {
        const labelsIn = ({ resources }: Plan): unknown[] =>
            resources
                .filter(({ type, name }) => type.endsWith(":Deployment") && ["frontend", "backend"].includes(name))
                .map(
                    ({ inputs }) => mapAt(inputs, "spec", "template", "metadata", "labels")["sidecar.istio.io/inject"],
                );
        assert.deepEqual(labelsIn(await planWith({ demo: { existing: true } })), ["true", "true"]);
        assert.deepEqual(labelsIn(await planWith({ istio: { existing: true } })), [undefined, undefined]);
    });

    it("lets each namespace differ", async () => {
        const plan = await planWith({ labels: LABELS, demo: { labels: {} }, gateway: { existing: true } });
        const found = namespacesIn(plan).map(({ inputs }) => [
            at(inputs, "metadata", "name"),
            at(inputs, "metadata", "labels", "team"),
        ]);
        assert.deepEqual(found.sort(), [
            ["cert-manager", "platform"],
            ["demo", undefined],
            ["istio-system", "platform"],
            ["tracing-doctor", "platform"],
        ]);
    });

    it("counts among the labels by which istiod looks at a namespace", async () => {
        const istio = JSON.stringify({
            values: { meshConfig: { discoverySelectors: [{ matchLabels: { team: "platform" } }] } },
        });
        await assert.rejects(planWith({}, { istio }), /selectors that make istiod watch istio-system/);
        const { messages } = await planWith({ labels: { team: "platform" } }, { istio });
        assert.ok(!messages.some((message) => message.includes("discovery-selectors-unknown")), messages.join());
        const owners = await planWith({ existing: true }, { istio });
        assert.ok(owners.messages.some((message) => message.includes("discovery-selectors-unknown")));
    });

    it("is read as the command line writes it", async () => {
        assert.deepEqual(namespacesIn(await planWith({ existing: "true" })), []);
    });
});
