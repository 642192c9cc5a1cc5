import assert from "node:assert/strict";
import type { InjectorConfig } from "../../../../../checks/workload/sidecars";
import type { Draft } from "../../../../../doctor/analyzers/draft";
import { missingSidecar } from "../../../../../doctor/analyzers/sidecar/injection";
import type { Evidence } from "../../../../../doctor/evidence";
import { missingLabel, originsOf } from "../../../../../doctor/inventory/hostOrigins";
import type { Mesh } from "../../../../../doctor/inventory/mesh";
import type { Discovery } from "../../../../../doctor/inventory/objects";
import type { PodObject } from "../../../../../shared/kubernetes/objects";

const REPLICAS = { kind: "ReplicaSet", name: "backend-7f9" };
const HOST = "jaeger.tracing.svc.cluster.local";
const POD: PodObject = { metadata: { name: "backend-1", namespace: "demo" }, spec: { serviceAccountName: "backend" } };

function discovery(some: Partial<Discovery>): Discovery {
    const none = { value: [] };
    return {
        ...{
            namespaces: none,
            services: none,
            serviceEntries: none,
            injectionWebhooks: none,
            istiods: none,
            injectors: none,
        },
        ...some,
    } as Discovery;
}

function mesh(config: object = {}): Mesh {
    const namespace = "istio-system";
    return { revision: "default", namespace, rootNamespace: namespace, clusterDomain: "cluster.local", config } as Mesh;
}

const namespace = (
    name: string,
    labels: Record<string, string>,
): { metadata: { name: string; labels: typeof labels } } => ({
    metadata: { name, labels },
});

describe("why a pod has no sidecar", () => {
    const got = (some: Partial<Discovery>): string =>
        missingSidecar(POD, { discovery: discovery(some), mesh: mesh() } as Evidence, {}).got;
    const webhooks = (labels: Record<string, string>): Discovery["injectionWebhooks"] => ({
        value: [namespace("webhook", labels)],
    });
    const asks = (labels: Record<string, string>): Discovery["namespaces"] => ({ value: [namespace("demo", labels)] });

    it("is not said where the namespaces could not be listed", () => {
        const failure = { kind: "forbidden" as const, reason: "not you" };
        assert.match(got({ namespaces: { failure } }), /could not be read$/);
    });

    it("is a revision for which nobody injects", () => {
        const namespaces = asks({ "istio.io/rev": "1-20" });
        assert.match(
            got({ namespaces, injectionWebhooks: webhooks({ "istio.io/rev": "1-31" }) }),
            /revision 1-20, .* for 1-31$/,
        );
    });

    it("is a cluster without any webhook that injects, or an istiod of which no pod is ready", () => {
        const namespaces = asks({ "istio-injection": "enabled" });
        assert.match(got({ namespaces, injectionWebhooks: { value: [] } }), /no webhook that injects sidecars$/);
        const istiods = (readyReplicas?: number): Discovery["istiods"] => ({
            value: [{ metadata: { name: "istiod", namespace: "istio-system" }, status: { readyReplicas } }],
        });
        const injectionWebhooks = webhooks({ "istio.io/rev": "default" });
        assert.match(got({ namespaces, injectionWebhooks, istiods: istiods() }), /no pod of istiod .* is ready/);
        const { commands } = missingSidecar(
            POD,
            { discovery: discovery({ namespaces, injectionWebhooks, istiods: istiods(0) }), mesh: mesh() } as Evidence,
            {},
        );
        assert.equal(commands, undefined);
        assert.match(got({ namespaces, injectionWebhooks, istiods: istiods(1) }), /older than the label/);
    });

    it("is a plain label where every control plane has a revision of its own", () => {
        const namespaces = asks({ "istio-injection": "enabled" });
        assert.match(
            got({ namespaces, injectionWebhooks: webhooks({ "istio.io/rev": "1-31" }) }),
            /revision default, /,
        );
    });

    it("is its age where a tag of that name injects", () => {
        const injectionWebhooks = webhooks({ "istio.io/rev": "1-31", "istio.io/tag": "prod" });
        assert.match(got({ namespaces: asks({ "istio.io/rev": "prod" }), injectionWebhooks }), /older than the label/);
    });

    it("is its age where the webhooks could not be listed", () => {
        const injectionWebhooks = { failure: { kind: "forbidden" as const, reason: "not you" } };
        assert.match(got({ namespaces: asks({ "istio.io/rev": "1-20" }), injectionWebhooks }), /older than the label/);
    });
});

describe("a pod that the injector's own configuration leaves out", () => {
    const namespaces = { value: [namespace("demo", { "istio-injection": "enabled" })] };
    const blame = (config: InjectorConfig, labels = { app: "backend", "pod-template-hash": "7f9" }): Draft => {
        const pod = { ...POD, metadata: { ...POD.metadata, labels, ownerReferences: [REPLICAS] } };
        const injectors = { value: [{ namespace: "istio-system", revision: "default", config }] };
        const injectionWebhooks = { value: [namespace("webhook", { "istio.io/rev": "default" })] };
        const found = discovery({ namespaces, injectors, injectionWebhooks });
        return missingSidecar(pod, { discovery: found, mesh: mesh() } as Evidence, {});
    };

    it("gets a label that takes precedence, because new pods would have no sidecar either", () => {
        const selected = blame({ neverInjectSelector: [{ matchLabels: { app: "backend" } }] });
        assert.match(selected.got, /neverInjectSelector of the injector selects the pod/);
        assert.match(blame({ policy: "disabled" }).got, /policy is disabled \(global\.proxy\.autoInject in/);
        const [first] = selected.commands ?? [];
        assert.equal(first?.verb, "merge");
        assert.match(JSON.stringify(first), /"labels":\{"sidecar\.istio\.io\/inject":"true"\}/);
    });

    it("is only older than the label where it does not", () => {
        assert.match(blame({ neverInjectSelector: [{ matchLabels: { app: "other" } }] }).got, /older than the label/);
    });
});

describe("where istiod knows a host from", () => {
    const services = { value: [{ metadata: { name: "jaeger", namespace: "tracing" } }] };
    const entry = { metadata: { name: "jaeger", namespace: "shop" }, spec: { hosts: [HOST] } };

    it("is every namespace with a Service or a ServiceEntry of it", () => {
        const both = discovery({ services, serviceEntries: { value: [entry] } });
        assert.deepEqual(originsOf(HOST, mesh(), both), { seen: ["tracing", "shop"], hidden: [] });
    });

    const selectors: [string, object, boolean][] = [
        ["a label that it has", { matchLabels: { team: "a" } }, false],
        ["a label that it lacks", { matchLabels: { team: "b" } }, true],
        ["one of several values", { matchExpressions: [{ key: "team", operator: "In", values: ["a", "b"] }] }, false],
        ["none of several values", { matchExpressions: [{ key: "team", operator: "NotIn", values: ["a"] }] }, true],
        ["a label of any value", { matchExpressions: [{ key: "mesh", operator: "Exists" }] }, true],
        ["no label of a name", { matchExpressions: [{ key: "mesh", operator: "DoesNotExist" }] }, false],
    ];
    for (const [what, selector, hidden] of selectors) {
        it(`is ${hidden ? "hidden" : "seen"} by discoverySelectors for ${what}`, () => {
            const namespaces = { value: [namespace("tracing", { team: "a" })] };
            const found = originsOf(
                HOST,
                mesh({ discoverySelectors: [selector] }),
                discovery({ services, namespaces }),
            );
            assert.deepEqual(found, hidden ? { seen: [], hidden: ["tracing"] } : { seen: ["tracing"], hidden: [] });
        });
    }

    it("is mended by a label only where one is enough", () => {
        assert.deepEqual(missingLabel(mesh({ discoverySelectors: [{ matchLabels: { a: "b" } }] })), ["a", "b"]);
        assert.equal(missingLabel(mesh({ discoverySelectors: [{ matchLabels: { a: "b", c: "d" } }] })), undefined);
    });
});
