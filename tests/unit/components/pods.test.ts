import assert from "node:assert/strict";
import { PLAIN_PODS, WORKLOADS, type PodPolicy } from "../../../components/pods";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { at, canonicalJson } from "../../../shared/values/plainObjects";
import { walkPods, type WalkedPods } from "./podWalk";

const POLICY: PodPolicy = {
    nodeSelector: { "node.example.com/pool": "mesh" },
    tolerations: [{ key: "dedicated", value: "mesh", effect: "NoSchedule" }],
    affinity: {
        nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: 1, preference: { matchExpressions: [{ key: "disk", operator: "In", values: ["ssd"] }] } },
            ],
        },
    },
    priorityClassName: "platform-high",
    imagePullSecrets: ["registry-login"],
    labels: { team: "platform" },
    annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" },
    serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/traces" },
};

/** What of the pods' policy does not count for the CNI agent: every node needs it, and its chart fixes the rest. */
const LEFT_TO_CNI = ["nodeSelector", "affinity", "priorityClassName", "serviceAccountAnnotations"] as const;

/** Everything that the program can make. */
const FULL = {
    ui: JSON.stringify({
        ...{ mode: "gateway", host: "traces.example.com" },
        tls: { mode: "certManager", certManager: "install", issuer: { type: "selfSigned" } },
    }),
    uiBasicAuth: JSON.stringify({ username: "anna", password: "correct-horse-9" }),
    jaeger: JSON.stringify({ storage: { type: "badger", size: "10Gi" } }),
    istio: JSON.stringify({ mtlsMode: "STRICT", cni: { mode: "install" } }),
    namespaces: JSON.stringify({ shop: { samplingPercent: 5 } }),
    metrics: JSON.stringify({ deployPrometheus: true, fromSampledSpans: true }),
    doctor: JSON.stringify({ enabled: true, image: "registry.example.com/tracing-doctor:1" }),
};

/** A tier samples traces, so the same stack cannot have metrics from spans. */
const TIER = { collectorTier: JSON.stringify({ enabled: true, keep: { restPercent: 1 } }), metrics: "{}" };

const planWith = (pods: object, more: object = {}): Promise<Plan> =>
    planProgram({ ...FULL, ...more, pods: JSON.stringify(pods) });

/** Each workload with the fields in which it has not what the policy says. */
function lacking(resources: PlannedResource[], policy: PodPolicy): string[] {
    return walkPods(resources).flatMap(({ resource, policy: found }) =>
        (Object.keys(PLAIN_PODS) as (keyof PodPolicy)[])
            .filter((field) => !covers(found[field], policy[field]))
            .map((field) => `${resource}: ${field}`),
    );
}

/** True when all that is wanted is there; the program's own labels and annotations stand beside it. */
function covers(found: unknown, wanted: unknown): boolean {
    if (typeof wanted !== "object" || Array.isArray(wanted)) return canonicalJson(found) === canonicalJson(wanted);
    return Object.entries(wanted as object).every(([key, value]) => covers(at(found, key), value));
}

describe("the setting pods", () => {
    it("reaches every pod of a stack that has all that the program can make", async () => {
        const tier = (await planWith(POLICY, TIER)).resources.filter(({ name }) => name.startsWith("tracing-"));
        const resources = [...(await planWith(POLICY)).resources, ...tier];
        const walked = walkPods(resources);
        assert.deepEqual([...new Set(walked.map(({ workload }) => workload))].sort(), [...WORKLOADS].sort());
        assert.deepEqual(
            lacking(resources, POLICY),
            LEFT_TO_CNI.map((field) => `Release istio-cni-agent: ${field}`),
        );
    });

    it("puts the CNI agent on every node, unless it names nodes for the agent alone", async () => {
        const { tolerations, nodeSelector, affinity } = POLICY;
        const agentOf = ({ resources }: Plan): WalkedPods | undefined =>
            walkPods(resources).find(({ workload }) => workload === "cni");
        assert.deepEqual(agentOf(await planWith(POLICY))?.policy, {
            ...POLICY,
            ...Object.fromEntries(LEFT_TO_CNI.map((field) => [field, PLAIN_PODS[field]])),
        });
        const plan = await planWith({ ...POLICY, cni: { nodeSelector, affinity } });
        assert.ok(covers(agentOf(plan)?.policy, { tolerations, nodeSelector, affinity }));
        const release = plan.resources.find(({ name }) => name === "istio-cni-agent");
        assert.deepEqual(at(release?.inputs, "values", "cni", "tolerations"), [...tolerations, { operator: "Exists" }]);
    });

    it("keeps the CNI agent to the nodes of each term of its affinity", async () => {
        const term = (key: string): object => ({ matchExpressions: [{ key, operator: "Exists" }] });
        const required = "requiredDuringSchedulingIgnoredDuringExecution";
        const affinity = { nodeAffinity: { [required]: { nodeSelectorTerms: [term("a"), term("b")] } } };
        const { resources } = await planWith({ cni: { affinity, nodeSelector: { pool: "mesh" } } });
        const release = resources.find(({ name }) => name === "istio-cni-agent");
        const path = ["values", "cni", "affinity", "nodeAffinity", required, "nodeSelectorTerms"];
        const pool = { key: "pool", operator: "In", values: ["mesh"] };
        assert.deepEqual(
            at(release?.inputs, ...path),
            ["a", "b"].map((key) => ({ matchExpressions: [{ key, operator: "Exists" }, pool] })),
        );
    });

    it("is missed where somebody adds a workload that does not follow it", async () => {
        const { resources } = await planWith(POLICY);
        const inputs = { spec: { template: { spec: { containers: [{ name: "new", nodeSelector: {} }] } } } };
        const added = { name: "new", parent: undefined, dependencies: [], inputs };
        const found = (type: string): string[] =>
            lacking([...resources, { ...added, type }], POLICY).filter((one) => !one.includes("istio-cni-agent"));
        for (const type of ["kubernetes:apps/v1:StatefulSet", "kubernetes:helm.sh/v3:Release", "kubernetes:x/v1:Other"])
            assert.equal(found(type).length, Object.keys(POLICY).length, type);
        const forgetful = resources.map((one) =>
            one.name === "jaeger" && one.type.endsWith(":Deployment") ? { ...one, inputs } : one,
        );
        assert.ok(lacking(forgetful, POLICY).includes("Deployment jaeger: tolerations"));
    });

    it("lets each workload differ, field by field", async () => {
        const others = WORKLOADS.filter((name) => name !== "cni");
        const only = Object.fromEntries(others.map((name) => [name, { priorityClassName: name.toLowerCase() }]));
        const { resources } = await planWith({ ...POLICY, ...only, frontend: { tolerations: [], labels: {} } });
        for (const { workload, policy } of walkPods(resources).filter(({ workload: name }) => name !== "cni")) {
            const isFrontend = workload === "frontend";
            assert.equal(policy.priorityClassName, isFrontend ? "platform-high" : workload?.toLowerCase());
            assert.equal(policy.tolerations.length, isFrontend ? 0 : 1, workload);
            assert.equal(policy.labels["team"], isFrontend ? undefined : "platform");
            assert.deepEqual(policy.nodeSelector, POLICY.nodeSelector);
        }
    });

    it("changes no selector and none of the labels by which Services find pods", async () => {
        const pick = ({ resources }: Plan): string[] =>
            resources
                .filter(({ type }) => /:(Service|Deployment|AuthorizationPolicy|Telemetry)$/.test(type))
                .map(({ type, name, inputs }) => JSON.stringify([type, name, at(inputs, "spec", "selector")]))
                .sort();
        assert.deepEqual(pick(await planWith(POLICY)), pick(await planWith({})));
    });

    it("leaves everything as it is when it says nothing", async () => {
        const without = await planProgram(FULL);
        const sorted = ({ resources }: Plan): string[] => resources.map((one) => JSON.stringify(one)).sort();
        assert.deepEqual(sorted(await planWith({})), sorted(without));
        // These ask the API server, so they always have an account of their own.
        const accounts = without.resources.filter(({ type }) => type.endsWith(":ServiceAccount"));
        assert.deepEqual(accounts.map(({ name }) => name).sort(), ["doctor", "tracing-prometheus"]);
    });

    it("takes values that the command line writes without quotes", async () => {
        const { resources } = await planWith({ nodeSelector: { gpu: true, generation: 7 } });
        const jaeger = walkPods(resources).find(({ workload }) => workload === "jaeger");
        assert.deepEqual(jaeger?.policy.nodeSelector, { gpu: "true", generation: "7" });
    });

    it("stands beside chart values of the user's that say something else", async () => {
        const values = { podLabels: { owner: "anna" }, tolerations: POLICY.tolerations };
        const { resources } = await planWith(POLICY, { istio: JSON.stringify({ values }) });
        const istiod = walkPods(resources).find(({ workload }) => workload === "istiod");
        assert.deepEqual(istiod?.policy.labels, POLICY.labels);
        const release = resources.find(({ name }) => name === "istio-istiod");
        assert.deepEqual(at(release?.inputs, "values", "podLabels"), { owner: "anna", ...POLICY.labels });
    });
});

describe("on OpenShift", () => {
    const IDS = ["runAsUser", "runAsGroup", "fsGroup"];
    const idsIn = ({ resources }: Plan): string[] =>
        resources.flatMap(({ name, inputs }) =>
            IDS.filter((id) => JSON.stringify(inputs).includes(`"${id}"`)).map((id) => `${name}: ${id}`),
        );

    it("no pod names a user or a group, since the platform gives every namespace its own", async () => {
        const istio = JSON.stringify({ values: { global: { platform: "openshift" } } });
        const plan = await planWith({}, { istio });
        assert.deepEqual(idsIn(plan), []);
        for (const name of ["jaeger", "tracing-prometheus", "frontend", "backend", "doctor", "doctor-server"]) {
            const found = plan.resources.find((one) => one.name === name && one.type.endsWith(":Deployment"));
            assert.equal(at(found?.inputs, "spec", "template", "spec", "securityContext", "runAsNonRoot"), true);
        }
    });

    it("and everywhere else each has the user of its image", async () => {
        assert.equal(idsIn(await planWith({})).length, 6 * IDS.length);
    });
});
