import assert from "node:assert/strict";
import {
    checkRevisionServed,
    checkTracedNamespace,
    type TracedNamespaceFound,
    type TracedNamespaceWanted,
} from "../../../../checks/cluster/tracedNamespaces";
import type { ClusterObject, PodObject, WebhookObject } from "../../../../shared/kubernetes/objects";

const WANTED: TracedNamespaceWanted = { name: "shop", injection: "enabled", telemetry: "namespace-default" };
const namespace = (labels: Record<string, string>, ours?: string): ClusterObject => ({
    metadata: {
        name: "shop",
        labels,
        managedFields: [
            { manager: "kubectl-create" },
            ...(ours === undefined
                ? []
                : [
                      {
                          manager: "pulumi-kubernetes-1a2b3c4d",
                          fieldsV1: { "f:metadata": { "f:labels": { [`f:${ours}`]: {} } } },
                      },
                  ]),
        ],
    },
});
const found = (more: Partial<TracedNamespaceFound> = {}): TracedNamespaceFound => ({
    ...{ namespace: namespace({ team: "shop" }), pods: [], telemetries: [] },
    ...more,
});
const findings = (more: Partial<TracedNamespaceFound>, wanted: Partial<TracedNamespaceWanted> = {}) =>
    checkTracedNamespace({ ...WANTED, ...wanted }, found(more), false);
const ids = (...given: Parameters<typeof findings>): string[] => findings(...given).map(({ id }) => id);
const pod = (name: string, more: PodObject["spec"] & object = {}, labels = {}, phase = "Running"): PodObject => ({
    metadata: { name, labels },
    spec: { containers: [{ name: "app" }], ...more },
    status: { phase },
});

describe("a namespace of somebody else's", () => {
    it("is fit when it is there and says nothing against it", () => {
        assert.deepEqual(ids({}), []);
        assert.deepEqual(ids({ namespace: namespace({ "istio-injection": "enabled" }) }), []);
    });

    it("has to be there, since a patch would make one that nobody owns", () => {
        const [missing] = findings({ namespace: undefined });
        assert.equal(missing?.id, "traced-namespace-exists");
        assert.match(missing.cure, /kubectl create namespace shop/);
        const going = { metadata: { name: "shop", deletionTimestamp: "2026-01-01T00:00:00Z" } };
        assert.match(findings({ namespace: going })[0]?.got ?? "", /terminating since 2026/);
    });

    it("must not have a label that its owner has set to another value", () => {
        const [taken] = findings({ namespace: namespace({ "istio-injection": "disabled" }) });
        assert.equal(taken?.id, "traced-namespace-labels");
        assert.match(taken.got, /istio-injection=disabled, set by another owner/);
        const revision = { namespace: namespace({ "istio.io/rev": "canary" }) };
        assert.deepEqual(ids(revision, { injection: "stable" }), ["traced-namespace-labels"]);
    });

    it("must not have labels that contradict ours", () => {
        assert.deepEqual(ids({ namespace: namespace({ "istio.io/rev": "canary" }) }), ["injection-labels"]);
        assert.deepEqual(ids({ namespace: namespace({ "istio.io/dataplane-mode": "ambient" }) }), ["injection-labels"]);
        const injected = { namespace: namespace({ "istio-injection": "enabled" }) };
        assert.deepEqual(ids(injected, { injection: "canary" }), ["injection-labels"]);
    });

    it("may have a former label of ours, which the update replaces", () => {
        const labelled = namespace({ "istio-injection": "enabled" }, "istio-injection");
        assert.deepEqual(ids({ namespace: labelled }, { injection: "canary" }), []);
    });

    it("keeps its labels as they are when injection is none", () => {
        const pods = [pod("a")];
        assert.deepEqual(
            ids({ namespace: namespace({ "istio-injection": "disabled" }), pods }, { injection: "none" }),
            [],
        );
    });

    it("is told of running pods without a sidecar, which nobody but its owner restarts", () => {
        const pods = [
            pod("bare"),
            pod("classic", { containers: [{ name: "app" }, { name: "istio-proxy" }] }),
            pod("native", { initContainers: [{ name: "istio-proxy" }] }),
            pod("host", { hostNetwork: true }),
            pod("out", {}, { "sidecar.istio.io/inject": "false" }),
            pod("done", {}, {}, "Succeeded"),
        ];
        const [warning, ...others] = findings({ pods });
        assert.deepEqual(others, []);
        assert.equal(warning?.severity, "warning");
        assert.equal(warning.got, "no sidecar in bare");
        assert.match(warning.cure, /kubectl rollout restart deployment -n shop/);
        const many = Array.from({ length: 7 }, (_, index) => pod(`p${String(index)}`));
        assert.match(findings({ pods: many })[0]?.got ?? "", /p4 and 2 more$/);
    });

    it("has no other Telemetry without a selector beside ours", () => {
        const other = { metadata: { name: "own", namespace: "shop" } };
        const ours = { metadata: { name: "namespace-default", namespace: "shop" } };
        const selected = { ...other, spec: { selector: { matchLabels: { app: "a" } } } };
        assert.deepEqual(ids({ telemetries: [other] }), ["telemetry-one-per-namespace"]);
        assert.deepEqual(ids({ telemetries: [ours, selected] }), []);
        assert.deepEqual(ids({ telemetries: [other] }, { telemetry: undefined }), []);
    });
});

describe("a revision that a namespace is to be injected by", () => {
    const webhooks: WebhookObject[] = [
        { metadata: { name: "istio-sidecar-injector", labels: { "istio.io/rev": "default" } } },
        {
            metadata: {
                name: "istio-revision-tag-stable",
                labels: { "istio.io/rev": "1-30", "istio.io/tag": "stable" },
            },
        },
    ];
    const served = (injection: string): string[] =>
        checkRevisionServed({ ...WANTED, injection }, webhooks).map(({ got }) => got);

    it("has an injector, or is this program's own", () => {
        for (const injection of ["enabled", "none", "default", "stable"]) assert.deepEqual(served(injection), []);
    });

    it("is this program's own before its injector is there, by its name and by a tag", () => {
        const wanted = (injection: string) =>
            checkRevisionServed({ ...WANTED, injection }, [], ["1-31-1", "next"]).map(({ got }) => got);
        assert.deepEqual([...wanted("1-31-1"), ...wanted("next")], []);
        assert.deepEqual(wanted("default"), ["no injector"]);
    });

    it("is refused when no injector serves it, which would leave its pods bare without a word", () => {
        assert.deepEqual(served("canary"), ["only injectors of default, stable"]);
    });
});
