import assert from "node:assert/strict";
import type { Collector } from "../../../../components/collector";
import { renderIstiodValues } from "../../../../components/render/istiodValues";
import { sidecarHash } from "../../../../components/render/sidecarHash";
import { PLAIN_PODS } from "../../../../components/pods";
import { DEFAULT_RESOURCES } from "../../../../components/resources";
import { flagsOf } from "../../../../doctor/evidence/accessLog";

interface Rendered {
    extensionProviders: { name: string }[];
    accessLogFile: string;
    accessLogEncoding: string;
    accessLogFormat: string;
    defaultConfig: { tracing: object; proxyStatsMatcher: Record<string, string[]> };
}
interface Over {
    istioVersion?: string;
    protocol?: Collector["protocol"];
}

const values = (meshConfig: object, { istioVersion = "1.31.1", protocol = "otlp-grpc" }: Over = {}) =>
    renderIstiodValues({
        collector: { host: "jaeger-collector.istio-system.svc.cluster.local", port: 4317, protocol },
        headerNames: [],
        istioVersion,
        namespace: "istio-system",
        revision: "",
        revisionTags: [],
        clusterDomain: "cluster.local",
        hub: "docker.io/istio",
        imagePullPolicy: "IfNotPresent",
        istiodReplicas: { min: 1, max: 5 },
        istiodResources: DEFAULT_RESOURCES.istiod,
        proxyResources: DEFAULT_RESOURCES.proxy,
        pods: PLAIN_PODS,
        extra: { meshConfig },
    });
const mesh = (meshConfig: object, over?: Over): Rendered => values(meshConfig, over)["meshConfig"] as Rendered;
const fields = (meshConfig: object, over?: Over): Record<string, unknown> =>
    JSON.parse(mesh({ accessLogEncoding: "JSON", ...meshConfig }, over).accessLogFormat) as Record<string, unknown>;

describe("the user's mesh configuration", () => {
    it("adds its providers to the program's, which comes first", () => {
        const { extensionProviders } = mesh({ extensionProviders: [{ name: "authz" }, { name: "logs" }] });
        assert.deepEqual(
            extensionProviders.map(({ name }) => name),
            ["tracing", "authz", "logs"],
        );
    });

    it("adds its statistics to the program's, each once, and rolls pods for them", () => {
        const own = mesh({}).defaultConfig.proxyStatsMatcher;
        const users = {
            inclusionPrefixes: ["cluster.outbound", "tracing."],
            inclusionSuffixes: ["rq_retry"],
            inclusionRegexps: ["http\\..*"],
        };
        const { proxyStatsMatcher, tracing } = mesh({ defaultConfig: { proxyStatsMatcher: users } }).defaultConfig;
        assert.deepEqual(proxyStatsMatcher, {
            inclusionPrefixes: ["tracing.", "cluster.outbound"],
            inclusionSuffixes: ["rq_retry"],
            inclusionRegexps: [...(own["inclusionRegexps"] ?? []), "http\\..*"],
        });
        assert.deepEqual(tracing, {});
        const hash = (meshConfig: object): string => sidecarHash(values(meshConfig));
        assert.notEqual(hash({ defaultConfig: { proxyStatsMatcher: users } }), hash({}));
        const repeated = { inclusionPrefixes: ["tracing."] };
        assert.equal(hash({ defaultConfig: { proxyStatsMatcher: repeated } }), hash({}));
    });

    it("keeps the program's statistics where it says nothing of them", () => {
        const { proxyStatsMatcher } = mesh({ defaultConfig: { concurrency: 1 } }).defaultConfig;
        assert.deepEqual(proxyStatsMatcher, mesh({}).defaultConfig.proxyStatsMatcher);
    });

    it("switches the access log off without a restart", () => {
        assert.equal(mesh({ accessLogFile: "" }).accessLogFile, "");
        assert.equal(sidecarHash(values({ accessLogFile: "" })), sidecarHash(values({})));
    });

    it("has the program's fields in a JSON log, the same as in its text", () => {
        const text = mesh({}).accessLogFormat;
        const own = fields({});
        assert.ok(Object.keys(own).includes("trace_id"));
        for (const operator of Object.values(own)) assert.ok(text.includes(String(operator)), String(operator));
        assert.equal(own["span_id"], "%SPAN_ID%");
        assert.equal(fields({}, { istioVersion: "1.29.5" })["span_id"], undefined);
        assert.equal(fields({}, { protocol: "zipkin" })["span_id"], "%REQ(X-B3-SPANID)%");
    });

    it("gets the fields that tell a line's trace added to a JSON log of its own", () => {
        assert.deepEqual(fields({ accessLogFormat: '{"status":"%RESPONSE_CODE%"}' }), {
            status: "%RESPONSE_CODE%",
            trace_id: "%TRACE_ID%",
            span_id: "%SPAN_ID%",
            traceparent: "%REQ(TRACEPARENT)%",
        });
    });

    it("keeps fields of its own that tell the trace by another name, at any depth", () => {
        const own = { trace: { id: "%TRACE_ID%", span: "%SPAN_ID%", context: "%REQ(traceparent)%" } };
        assert.deepEqual(fields({ accessLogFormat: JSON.stringify(own) }), own);
    });

    it("keeps a text format as it is", () => {
        const { accessLogEncoding, accessLogFormat } = mesh({ accessLogFormat: "%TRACE_ID%\n" });
        assert.deepEqual([accessLogEncoding, accessLogFormat], ["TEXT", "%TRACE_ID%\n"]);
    });
});

describe("the doctor", () => {
    it("reads the response flags of the program's log in either encoding", () => {
        assert.equal(flagsOf('[t] "GET / HTTP/1.1" 503 UF,URX duration_ms=3 '), "UF,URX");
        assert.equal(flagsOf('{"response_code":503,"response_flags":"UF"}'), "UF");
        assert.equal(flagsOf('{"response_code":200,"response_flags":"-"}'), undefined);
    });
});
