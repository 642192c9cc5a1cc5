import assert from "node:assert/strict";
import { deniedByPolicies, type NetworkEnd, type NetworkPolicy } from "../../../../checks/cluster/networkPolicies";

const end = (namespace: string, app: string, address: string): NetworkEnd => ({
    ...{ namespace, labels: { app }, addresses: [address] },
    namespaceLabels: { "kubernetes.io/metadata.name": namespace },
});
const FRONTEND = end("demo", "frontend", "10.0.0.1");
const JAEGER = end("istio-system", "jaeger", "10.0.0.9");

const policy = (namespace: string, spec: object): NetworkPolicy => ({
    metadata: { name: "p", namespace },
    spec: { podSelector: {}, ...spec },
});
/** The direction in which policies deny spans to Jaeger. */
const denied = (...policies: NetworkPolicy[]): string | undefined =>
    deniedByPolicies(policies, { from: FRONTEND, to: JAEGER, port: 4317, portName: "otlp", protocol: "TCP" })
        ?.direction;
const ingress = (...rules: object[]): NetworkPolicy =>
    policy("istio-system", { policyTypes: ["Ingress"], ingress: rules });

describe("NetworkPolicies between a sidecar and a collector", () => {
    it("deny what they select and no rule allows, for ingress and egress", () => {
        assert.equal(denied(), undefined);
        assert.equal(denied(ingress()), "ingress");
        assert.equal(denied(policy("demo", { policyTypes: ["Egress"] })), "egress");
        assert.equal(denied(policy("demo", { egress: [] })), "egress");
        assert.equal(denied(policy("other", { policyTypes: ["Ingress", "Egress"] })), undefined);
        assert.equal(denied(policy("istio-system", { podSelector: { matchLabels: { app: "istiod" } } })), undefined);
        assert.equal(denied(policy("demo", {})), undefined);
    });

    it("add up: one rule that allows is enough", () => {
        assert.equal(denied(ingress(), ingress({})), undefined);
    });

    const allowing: [string, object][] = [
        ["any peer", {}],
        ["the port by number", { ports: [{ port: 4317 }] }],
        ["the port by name", { ports: [{ port: "otlp", protocol: "TCP" }] }],
        ["a range of ports", { ports: [{ port: 4000, endPort: 5000 }] }],
        ["every namespace", { from: [{ namespaceSelector: {} }] }],
        [
            "the namespace by its name",
            { from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "demo" } } }] },
        ],
        [
            "the pod of the namespace",
            {
                from: [
                    { namespaceSelector: {}, podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } },
                ],
            },
        ],
        ["the address", { from: [{ ipBlock: { cidr: "10.0.0.0/24", except: ["10.0.0.128/25"] } }] }],
    ];
    for (const [what, rule] of allowing) {
        it(`allow ${what}`, () => {
            assert.equal(denied(ingress(rule)), undefined);
        });
    }

    const denying: [string, object][] = [
        ["another port", { ports: [{ port: 4318 }] }],
        ["another protocol", { ports: [{ port: 4317, protocol: "UDP" }] }],
        ["a port by another name", { ports: [{ port: "http" }] }],
        ["pods of its own namespace alone", { from: [{ podSelector: {} }] }],
        ["another namespace", { from: [{ namespaceSelector: { matchLabels: { team: "a" } } }] }],
        ["an excepted address", { from: [{ ipBlock: { cidr: "10.0.0.0/24", except: ["10.0.0.1/32"] } }] }],
        [
            "an address of another family, or none",
            { from: [{ ipBlock: { cidr: "fd00::/8" } }, { ipBlock: { cidr: "x" } }] },
        ],
    ];
    for (const [what, rule] of denying) {
        it(`deny where they allow only ${what}`, () => {
            assert.equal(denied(ingress(rule)), "ingress");
        });
    }

    it("deny an end outside of the pods, unless every address is allowed", () => {
        const outside = (rule: object): string | undefined =>
            deniedByPolicies([ingress(rule)], { from: undefined, to: JAEGER, port: 16686, protocol: "TCP" })?.direction;
        assert.equal(outside({ from: [{ namespaceSelector: {} }] }), "ingress");
        assert.equal(outside({ from: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }), undefined);
        assert.equal(outside({}), undefined);
    });

    it("survive any content", () => {
        for (const spec of [
            { ingress: "x" },
            { ingress: [null, 1] },
            { podSelector: null, policyTypes: {} },
            undefined,
        ])
            assert.doesNotThrow(() => denied({ metadata: { name: "p", namespace: "istio-system" }, spec: spec }));
    });
});
