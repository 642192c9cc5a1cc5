import assert from "node:assert/strict";
import { readMeshText } from "../../../../checks/mesh/meshText";
import { examineFake, MESH } from "../fakeMesh";

const PROVIDER = "extensionProviders:\n- name: a\n";

/** Each was given to istiod's own reader (ApplyMeshConfig of Istio 1.31). */
const REFUSED: [what: string, text: string, place: string][] = [
    ["a tab that indents", "accessLogFile: /dev/stdout\n\tenableTracing: true\n", "2:1"],
    ["an indentation that fits nothing", "extensionProviders:\n  - name: a\n - name: b\n", "3:1"],
    ["a second colon", "a: b: c\n", "1:4"],
    ["a bracket that nobody closes", "a: {b\n", "2:1"],
    ["an alias of nothing", "a: *x\n", "1:4"],
    ["an anchor that contains itself", "a: &a [1, *a]\n", "1:11"],
    ["what a template left", "? {a: b}\n: c\n", "1:3"],
    ["a key that is nothing", "null: a\n", "1:1"],
    ["a control character", "accessLogFile: a\u0001b\n", "1:17"],
    ["YAML of another version", "%YAML 1.2\n---\na: b\n", "1:1"],
    ["text that is no map", "just text", "1:1"],
    ["a list that is no map", "- a\n- b\n", "1:1"],
    ["a number that is no map", "42", "1:1"],
    ["text for a list of providers", "extensionProviders: text\n", "1:21"],
    ["a map for a list of providers", "extensionProviders: {}\n", "1:21"],
    ["text for a provider", "extensionProviders:\n- text\n", "2:3"],
    ["the same in the other spelling", "extension_providers: text\n", "1:22"],
    ["text for a port", `${PROVIDER}  zipkin: {service: x, port: text}\n`, "3:30"],
    ["half a port", `${PROVIDER}  zipkin: {service: x, port: 1.5}\n`, "3:30"],
    ["a number for a host", `${PROVIDER}  zipkin: {service: 5, port: 1}\n`, "3:21"],
    ["a host that YAML takes for true", `${PROVIDER}  zipkin: {service: y, port: 1}\n`, "3:21"],
    ["text for a kind", `${PROVIDER}  zipkin: text\n`, "3:11"],
    ["a timeout without its unit", `${PROVIDER}  opentelemetry: {service: x, port: 1, http: {timeout: 3}}\n`, "3:56"],
    ["a list for defaultConfig", "defaultConfig: []\n", "1:16"],
    ["text for a rate", "defaultConfig: {tracing: {sampling: text}}\n", "1:37"],
    ["a number among runtimeValues", "defaultConfig: {runtimeValues: {a: 1}}\n", "1:36"],
    ["text for the default providers", "defaultProviders: {tracing: a}\n", "1:29"],
    ["a number for a default provider", "defaultProviders: {tracing: [5]}\n", "1:30"],
    ["text for true or false", 'enableTracing: "false"\n', "1:16"],
    ["true for a namespace", "rootNamespace: yes\n", "1:16"],
    ["text for a selector", "discoverySelectors: [text]\n", "1:22"],
    ["a number for a label", "discoverySelectors: [{matchLabels: {a: 5}}]\n", "1:40"],
];
const TAKEN: [what: string, text: string, config: object][] = [
    ["nothing at all", "", {}],
    ["nothing in the place of a list", "extensionProviders: null\n", {}],
    ["nothing in the place of a provider", "extensionProviders: [null]\n", { extensionProviders: [] }],
    ["nothing in the place of a kind", `${PROVIDER}  zipkin:\n`, { extensionProviders: [{ name: "a" }] }],
    [
        "a port as text",
        `${PROVIDER}  zipkin: {port: "1"}\n`,
        { extensionProviders: [{ name: "a", zipkin: { port: 1 } }] },
    ],
    ["no, which is false", "enableTracing: no\n", { enableTracing: false }],
    ["a key twice, of which the last counts", "rootNamespace: a\nrootNamespace: b\n", { rootNamespace: "b" }],
    ["two documents, of which the first counts", "---\nrootNamespace: a\n---\nb\n", { rootNamespace: "a" }],
    ["the line ends of Windows", "rootNamespace: a\r\n", { rootNamespace: "a" }],
    ["a byte order mark", "\ufeffrootNamespace: a\n", { rootNamespace: "a" }],
    ["a time, which is text", "rootNamespace: 10:30\n", { rootNamespace: "10:30" }],
    ["snake_case", "root_namespace: a\n", { rootNamespace: "a" }],
];

describe("the text of a mesh configuration", () => {
    for (const [what, text, place] of REFUSED) {
        it(`is refused for ${what}, at its place`, () => {
            const { config, problem } = readMeshText(text);
            assert.equal(`${String(problem?.line)}:${String(problem?.column)}`, place);
            assert.deepEqual(config, {});
        });
    }

    for (const [what, text, config] of TAKEN) {
        it(`is taken with ${what}`, () => {
            assert.deepEqual(readMeshText(text), { ...readMeshText(text), config, problem: undefined });
        });
    }

    it("tells keys that stand more than once, on whatever level", () => {
        const text = "defaultConfig:\n  concurrency: 1\n  concurrency: 2\n  concurrency: 3\n";
        const place = (line: number): object => ({ line, column: 3 });
        assert.deepEqual(readMeshText(text).duplicates, [{ key: "concurrency", first: place(2), last: place(4) }]);
    });
});

describe("the doctor, with a mesh configuration that istiod refuses", () => {
    const broken = `${MESH}\n\tenableTracing: true\n`;
    const inUse = JSON.stringify({
        extensionProviders: [
            {
                name: "jaeger",
                opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
            },
        ],
    });

    it("warns while istiod keeps one that traces, says what that is and where the text is wrong", async () => {
        const { healthy, findings, brokenAt } = await examineFake({ mesh: broken, inUse });
        assert.deepEqual([healthy, brokenAt], [true, undefined]);
        assert.deepEqual(
            findings.map(({ id, severity }) => `${severity} ${id}`),
            ["warning mesh-config-refused"],
        );
        assert.match(findings[0]?.got ?? "", /^line 5, column 1: a tab in an indentation/);
        assert.match(
            findings[0]?.got ?? "",
            /the last one that it accepted, with .* jaeger \(opentelemetry to jaeger-collector\..*:4317\)/,
        );
        assert.deepEqual(findings[0]?.commands, []);
    });

    it("blames it, and no sidecar, where istiod has started with its defaults since", async () => {
        const mesh = { mesh: broken, inUse: "{}", lost: true, envoy: { traced: false } };
        const { findings, brokenAt } = await examineFake(mesh);
        assert.equal(brokenAt, "sidecar");
        assert.deepEqual(
            findings.map(({ id, severity }) => `${severity} ${id}`),
            ["error mesh-config-refused"],
        );
        assert.match(findings[0]?.got ?? "", /now uses one without a tracing provider/);
    });

    it("says that nobody knows what is used, where istiod cannot be asked", async () => {
        const { findings } = await examineFake({
            mesh: "extensionProviders: text",
            lost: true,
            envoy: { traced: false },
        });
        assert.match(
            findings[0]?.got ?? "",
            /extensionProviders is text, but istiod expects a list.*unknown: no pod of istiod is ready/,
        );
    });

    for (const answer of ["", "null", "[]", "text", '{"extensionProviders":5,"defaultConfig":"x"}'])
        it(`takes any answer of istiod's: ${answer || "none"}`, async () => {
            const { findings } = await examineFake({
                mesh: broken,
                inUse: answer,
                lost: true,
                envoy: { traced: false },
            });
            assert.ok(findings.some(({ id }) => id === "mesh-config-refused"));
        });

    it("warns of a key that stands twice, and uses the last as istiod does", async () => {
        const { healthy, findings } = await examineFake({ mesh: `extensionProviders: []\n${MESH}` });
        assert.ok(healthy);
        assert.deepEqual(
            findings.map(({ id }) => id),
            ["mesh-config-duplicate-key"],
        );
        assert.match(findings[0]?.got ?? "", /extensionProviders at line 1 and at line 4, column 1/);
    });
});
