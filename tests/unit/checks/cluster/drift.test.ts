import assert from "node:assert/strict";
import { compareObject, compareValues, formatDrift } from "../../../../checks/cluster/drift";
import type { Manifest } from "../../../../shared/kubernetes/manifest";
import { parseQuantity } from "../../../../shared/kubernetes/quantities";

const OPTIONS = { parseQuantity, unknown: "SEALED" };

const written = (): Manifest => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop", labels: { app: "web" } },
    spec: {
        replicas: 1,
        template: {
            spec: {
                hostNetwork: false,
                volumes: [],
                containers: [
                    {
                        name: "web",
                        image: "web:1",
                        env: [{ name: "A", value: "1" }],
                        resources: { limits: { cpu: "1000m", memory: "1Gi" } },
                        ports: [{ containerPort: 80 }, { containerPort: 81 }],
                    },
                ],
            },
        },
    },
});

/** The same object as a server returns it, with one change by hand. */
function live(change: (container: Manifest, object: Manifest) => void = () => undefined): Manifest {
    const object = structuredClone(written()) as { metadata: Manifest; spec: Manifest; status?: Manifest } & Manifest;
    object.metadata = { ...object.metadata, uid: "u", creationTimestamp: "2026-01-01T00:00:00Z" };
    object.status = { replicas: 1 };
    object.spec["revisionHistoryLimit"] = 10;
    const pod = (object.spec["template"] as { spec: Manifest }).spec;
    delete pod["hostNetwork"];
    delete pod["volumes"];
    pod["dnsPolicy"] = "ClusterFirst";
    const [container] = pod["containers"] as [Manifest];
    container["resources"] = { limits: { cpu: "1", memory: "1Gi" } };
    container["ports"] = [
        { containerPort: 81, protocol: "TCP" },
        { containerPort: 80, protocol: "TCP" },
    ];
    change(container, object);
    return object;
}

const lines = (got: Manifest | undefined, expected = written()): string[] =>
    compareObject(expected, got, OPTIONS).map(formatDrift);

describe("drift of an object", () => {
    it("is none for what the server fills in, leaves out, orders or spells in its own way", () => {
        assert.deepEqual(lines(live()), []);
    });

    it("names the field, what was written and what is there", () => {
        const image = live((container) => (container["image"] = "web:2"));
        const field = "Deployment shop/web spec.template.spec.containers[web].image";
        assert.deepEqual(lines(image), [`${field}: expected "web:1", got "web:2"`]);
    });

    it("is an object that was deleted", () => {
        assert.deepEqual(lines(undefined), [
            "Deployment shop/web: expected the object, got no such object: it was deleted",
        ]);
    });

    it("is a label, a list's item or a quantity that was taken away, added or changed", () => {
        assert.match(
            lines(live((_, { metadata }) => delete (metadata as Manifest)["labels"]))[0] ?? "",
            /labels: .*nothing$/,
        );
        const at = "spec.template.spec.containers[web]";
        const env = live((container) => (container["env"] = [{ name: "B", value: "2" }]));
        assert.deepEqual(lines(env), [
            `Deployment shop/web ${at}.env[A]: expected {"name":"A","value":"1"}, got nothing`,
            `Deployment shop/web ${at}.env[B]: expected nothing, got {"name":"B","value":"2"}`,
        ]);
        const cpu = live((container) => (container["resources"] = { limits: { cpu: "2", memory: "1Gi" } }));
        assert.deepEqual(lines(cpu), [`Deployment shop/web ${at}.resources.limits.cpu: expected "1000m", got "2"`]);
    });

    it("is one more key in a ConfigMap, and the first line of a text that differs", () => {
        const map = {
            kind: "ConfigMap",
            metadata: { name: "c", namespace: "n" },
            data: { mesh: "a: 1\nb: 2\nc: 3\n" },
        };
        assert.deepEqual(lines({ ...map, data: { mesh: "a: 1\nb: 9\nc: 9\n", more: "x" } }, map), [
            'ConfigMap n/c data.mesh line 2: expected "b: 2", got "b: 9"',
            'ConfigMap n/c data.more: expected nothing, got "x"',
        ]);
        assert.match(
            lines({ ...map, data: { mesh: "a: 1\nb: 2\nc: 3\n+" } }, map)[0] ?? "",
            /line 4: expected "", got "\+"/,
        );
    });

    it("is not what istiod writes into its own webhooks, and all else of these", () => {
        const hook = { kind: "ValidatingWebhookConfiguration", metadata: { name: "istio" } };
        const webhook = { name: "v.istio.io", failurePolicy: "Ignore", clientConfig: { service: { name: "istiod" } } };
        const seen = { ...webhook, failurePolicy: "Fail", clientConfig: { ...webhook.clientConfig, caBundle: "x" } };
        const expected = {
            ...hook,
            webhooks: [{ ...webhook, clientConfig: { ...webhook.clientConfig, caBundle: "" } }],
        };
        assert.deepEqual(lines({ ...hook, webhooks: [seen] }, expected), []);
        const other = { ...seen, clientConfig: { service: { name: "evil" } } };
        assert.match(lines({ ...hook, webhooks: [other] }, expected)[0] ?? "", /clientConfig\.service\.name/);
    });

    it("never shows what stands in a Secret", () => {
        const secret = { kind: "Secret", metadata: { name: "s" }, stringData: { password: "hunter2" } };
        assert.deepEqual(lines({ ...secret, data: { password: "aHVudGVyMg==" } }, secret), []);
        const [line = ""] = lines({ ...secret, data: { password: "b3RoZXI=" } }, secret);
        assert.equal(line, "Secret s data.password: expected (secret), got (a different value)");
    });

    it("says nothing of a Secret whose value the stack keeps encrypted, alone or within a text", () => {
        const metadata = { name: "s" };
        const secret = { kind: "Secret", metadata, stringData: { key: "SEALED", users: "anna:SEALED", mode: "a" } };
        const data = { key: "dg==", users: "YW5uYTp2", mode: "YQ==" };
        assert.deepEqual(lines({ kind: "Secret", metadata, data }, secret), []);
        assert.equal(lines({ kind: "Secret", metadata, data: { ...data, mode: "Yg==" } }, secret).length, 1);
    });

    it("takes a name with the digits that Pulumi gives for the planned one, also within a text", () => {
        const planned = { kind: "A", metadata: { name: "a" }, spec: { ref: "configmap://n/ca-xxxxxxxx" } };
        const live = (ref: string): Manifest => ({ ...planned, spec: { ref } });
        assert.deepEqual(lines(live("configmap://n/ca-248b05db"), planned), []);
        assert.equal(lines(live("configmap://n/other-248b05db"), planned).length, 1);
    });
});

describe("drift of a release's values", () => {
    const compare = (expected: Manifest, got: Manifest): string[] =>
        compareValues("Release n/r", expected, got, OPTIONS).map(formatDrift);

    it("counts what was changed, added and taken away", () => {
        assert.deepEqual(compare({ a: { b: 1, c: [1] } }, { a: { b: 1, c: [1] } }), []);
        assert.deepEqual(compare({ a: { b: 1 } }, { a: { b: 2 } }), ["Release n/r values.a.b: expected 1, got 2"]);
        assert.deepEqual(compare({}, { env: { X: "1" } }), ['Release n/r values.env: expected nothing, got {"X":"1"}']);
        assert.deepEqual(compare({ env: { X: "1" } }, {}), ['Release n/r values.env: expected {"X":"1"}, got nothing']);
    });

    it("leaves out a secret of the stack, which only Pulumi can open", () => {
        assert.deepEqual(
            compare({ headers: [{ name: "k", value: "SEALED" }] }, { headers: [{ name: "k", value: "v" }] }),
            [],
        );
        assert.deepEqual(compare({ keys: ["SEALED"], data: { key: "SEALED" } }, { keys: [], data: {} }), []);
        const taken = compare({ headers: [{ name: "k", value: "SEALED" }] }, {});
        assert.deepEqual([taken.length, /values\.headers: expected .* got nothing/.test(taken[0] ?? "")], [1, true]);
    });

    it("takes the name that Pulumi gave to an object for the planned one", () => {
        assert.deepEqual(compare({ from: { name: "keys-xxxxxxxx" } }, { from: { name: "keys-68e73e92" } }), []);
        assert.equal(compare({ from: { name: "keys-xxxxxxxx" } }, { from: { name: "keys" } }).length, 1);
    });
});

describe("a webhook that AKS keeps away from its own namespaces", () => {
    const webhook = (...further: object[]): Manifest => ({
        ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "MutatingWebhookConfiguration" },
        metadata: { name: "istio-sidecar-injector" },
        webhooks: [
            {
                name: "namespace.sidecar-injector.istio.io",
                namespaceSelector: {
                    matchExpressions: [{ key: "istio-injection", operator: "In", values: ["enabled"] }, ...further],
                },
            },
        ],
    });

    it("has not drifted, but has with any other selector", () => {
        const enforced = [
            { key: "control-plane", operator: "NotIn", values: ["true"] },
            { key: "kubernetes.azure.com/managedby", operator: "NotIn", values: ["aks"] },
        ];
        assert.deepEqual(compareObject(webhook(), webhook(...enforced), OPTIONS), []);
        const [drift, ...more] = compareObject(webhook(), webhook({ key: "team", operator: "Exists" }), OPTIONS);
        assert.match(drift?.field ?? "", /matchExpressions\[team\]$/);
        assert.deepEqual(more, []);
    });
});
