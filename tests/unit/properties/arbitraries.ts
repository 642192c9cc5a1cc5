import fc from "fast-check";
import { FIELDS, type SettingKey } from "../../../components/settings/fields";
import { FORMER_KEYS } from "../../../components/settings/formerKeys";
import { CONFIG_KEYS } from "../../../components/settings/groups";

const PATHS = Object.keys(FIELDS) as SettingKey[];
const KEYS = [...CONFIG_KEYS, ...PATHS, ...Object.keys(FORMER_KEYS)];

/** Any text that a configuration can hold, with what has a meaning somewhere more often than chance has it. */
const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.double().map(String),
    fc.constantFrom("", "true", "false", "null", "0", "-1", "NaN", "__proto__", "latest", "a.b:1", "10.0.0.1:4317"),
    fc.constantFrom(...PATHS.map((path) => FIELDS[path].default).filter((value) => typeof value === "string")),
);

/** Any JSON, deep, wide or with names that objects have by themselves. */
const json = fc.oneof(
    fc.json({ maxDepth: 6 }),
    fc
        .dictionary(
            fc.constantFrom("__proto__", "constructor", "toString", "ca", "jaeger", "meshConfig", "x-key"),
            fc.jsonValue(),
            {
                noNullPrototype: true,
            },
        )
        .map((value) => JSON.stringify(value)),
    fc
        .dictionary(
            fc.constantFrom(...PATHS.map((path) => path.slice(path.indexOf(".") + 1))),
            fc.oneof(text, fc.jsonValue()),
            { noNullPrototype: true },
        )
        .map((value) => JSON.stringify(value)),
    fc.nat({ max: 3000 }).map((levels) => `${"[".repeat(levels)}${"]".repeat(levels)}`),
);

/** Configurations of any kind: known and unknown keys, objects where text belongs, and the other way round. */
export const anyConfiguration: fc.Arbitrary<Record<string, string>> = fc.dictionary(
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom<string>(...KEYS) }, { weight: 1, arbitrary: fc.string() }),
    fc.oneof(text, json),
    { noNullPrototype: true, maxKeys: 8 },
);

const quantity = (minimum: number, maximum: number, unit: string): fc.Arbitrary<string> =>
    fc.integer({ min: minimum, max: maximum }).map((number) => `${String(number)}${unit}`);
const optional = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<Partial<T>> =>
    fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
const sizes = optional({
    requests: optional({ cpu: quantity(1, 10, "m"), memory: quantity(1, 16, "Mi") }),
    limits: optional({ cpu: quantity(1, 8, ""), memory: quantity(4, 16, "Gi") }),
});
const percent = fc.integer({ min: 0, max: 10_000 }).map((steps) => String(steps / 100));
const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const protocol = fc.constantFrom("otlp-grpc", "otlp-http", "zipkin");
const header = fc.tuple(fc.stringMatching(/^[xX]-[A-Za-z0-9_-]{1,20}$/), fc.stringMatching(/^[!-~][ -~]{0,30}[!-~]$/));
const outsideHost = fc.oneof(
    fc.ipV4().map((address) => address.replace(/^\d+/, "10")),
    fc.ipV6().map((address) => `[${address}]`),
    fc.domain().map((domain) => `otel.${domain}`),
);
const image = fc
    .tuple(label, label, fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/))
    .map(([host, path, tag]) => `${host}.io/${path}:${tag}`);
const asJson = (value: fc.Arbitrary<object>): fc.Arbitrary<string> => value.map((object) => JSON.stringify(object));

/** Configurations, by path, of which most can be used; each part is drawn by itself, so that some contradict themselves. */
export const likelyConfiguration: fc.Arbitrary<Record<string, string>> = fc
    .record(
        {
            samplingPercent: percent,
            collectorAddress: fc.tuple(outsideHost, fc.integer({ min: 1, max: 65535 })).map((parts) => parts.join(":")),
            "collector.protocol": protocol,
            "collector.path": fc.constantFrom("/otlp/v1/traces", "/a/", "/"),
            collectorHeaders: asJson(fc.array(header, { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs))),
            "istio.version": fc
                .tuple(fc.integer({ min: 28, max: 40 }), fc.nat({ max: 20 }))
                .map(([minor, patch]) => `1.${String(minor)}.${String(patch)}`),
            "istio.hub": fc.tuple(label, label).map(([host, folder]) => `${host}.example.com/${folder}`),
            images: asJson(optional({ jaeger: image, frontend: image, backend: image })),
            imageRegistry: label.map((host) => `${host}.example.com/hub`),
            "istio.mtlsMode": fc.constantFrom("PERMISSIVE", "STRICT"),
            "istio.revision": label.map((name) => `r${name.slice(0, 55).replace(/-+$/, "")}`),
            "istio.revisionTags": asJson(
                fc.uniqueArray(
                    label.map((tag) => `t${tag.slice(0, 42).replace(/-+$/, "")}`),
                    { maxLength: 3 },
                ),
            ),
            "istio.replicas": asJson(
                fc.record({ min: fc.integer({ min: 1, max: 9 }), max: fc.integer({ min: 9, max: 50 }) }),
            ),
            namespaces: asJson(
                fc.dictionary(
                    label.map((name) => `shop-${name}`),
                    fc.record({ samplingPercent: percent }),
                    { maxKeys: 3, noNullPrototype: true },
                ),
            ),
            "jaeger.storage": asJson(fc.record({ type: fc.constant("badger"), size: quantity(1, 999, "Gi") })),
            imagePullPolicy: fc.constantFrom("IfNotPresent", "Always", "Never"),
            "demo.namespace": label,
            "demo.traceContext": fc.constantFrom("client", "mesh"),
            "demo.scenario": fc.constantFrom("basic", "orders", "faults"),
            "demo.intervalSeconds": fc.integer({ min: 1, max: 36_000 }).map((tenths) => String(tenths / 10)),
            "jaeger.maxTraces": fc.integer({ min: 100, max: 10_000_000 }).map(String),
            resources: asJson(optional({ istiod: sizes, proxy: sizes, jaeger: sizes, backend: sizes })),
            "istio.values": asJson(
                fc.dictionary(fc.stringMatching(/^[a-z]{1,12}$/), fc.jsonValue({ maxDepth: 3 }), {
                    maxKeys: 4,
                    noNullPrototype: true,
                }),
            ),
        },
        { requiredKeys: ["collectorAddress"] },
    )
    // OTLP over gRPC has no path: two of three configurations would contradict themselves.
    .map(({ "collector.path": path, ...rest }) =>
        path === undefined || !["otlp-http", "zipkin"].includes(rest["collector.protocol"] ?? "")
            ? rest
            : { ...rest, "collector.path": path },
    )
    // A volume takes no count of traces: every second configuration would contradict itself.
    .map(({ "jaeger.maxTraces": jaegerMaxTraces, ...rest }) =>
        jaegerMaxTraces === undefined || rest["jaeger.storage"] !== undefined
            ? rest
            : { ...rest, "jaeger.maxTraces": jaegerMaxTraces },
    );
