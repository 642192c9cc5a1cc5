import assert from "node:assert/strict";
import { settingsWarnings } from "../../../../components/warnings";
import { problemsOf, settingsOf } from "./helpers";

type Given = Record<string, unknown>;
const raw = (mesh: Given, more: Record<string, string> = {}): Record<string, string> => ({
    "istio.values": JSON.stringify({ meshConfig: mesh }),
    ...more,
});
const json = (fields: object): Given => ({ accessLogEncoding: "JSON", accessLogFormat: JSON.stringify(fields) });
const warnings = (mesh: Given): string[] => settingsWarnings(settingsOf(raw(mesh))).map(({ id }) => id);
const WITHOUT_ID = "access-log-without-trace-id";
const UNDER = "istio.values.meshConfig";

describe("the user's access log", () => {
    for (const mesh of [
        { accessLogFile: "" },
        { accessLogFile: "/dev/stderr", accessLogEncoding: "TEXT" },
        { accessLogEncoding: "JSON" },
        json({ status: "%RESPONSE_CODE%" }),
        json({ trace_id: "%TRACE_ID%", nested: { flags: "%RESPONSE_FLAGS(LONG)%" } }),
        json({}),
        { accessLogFormat: "%START_TIME(%Y/%m/%dT%H:%M:%S%z)% 100%% %REQ(X?Y):10% %TRACE_ID%\n" },
        { accessLogFormat: "%CEL(request.headers['a'].contains('b'))% %REQ(TRACEPARENT)%" },
        { accessLogFormat: "%AN_OPERATOR_OF_A_NEWER_ENVOY(a)% %TRACE_ID%" },
    ] satisfies Given[]) {
        it(`is taken as ${JSON.stringify(mesh)}`, () => {
            assert.deepEqual(warnings(mesh), []);
        });
    }

    for (const [mesh, key, words] of [
        [{ accessLogFile: "/var/log/access.log" }, "accessLogFile", /"\/dev\/stdout".*set "" to turn off the log/],
        [{ accessLogFile: false }, "accessLogFile", /one of ""/],
        [{ accessLogEncoding: "json" }, "accessLogEncoding", /"TEXT", "JSON"/],
        [{ accessLogEncoding: 1 }, "accessLogEncoding", /"TEXT", "JSON"/],
        [{ accessLogFormat: { status: "%RESPONSE_CODE%" } }, "accessLogFormat", /as text/],
        [{ accessLogFormat: null }, "accessLogFormat", /an empty value/],
        [{ accessLogFormat: "%TRACE_ID% 100%" }, "accessLogFormat", /%% for a percent sign/],
        [{ accessLogFormat: "%TRACE_ID% %REQ(X" }, "accessLogFormat", /reject a configuration/],
        [{ accessLogFormat: "%TRACEID%" }, "accessLogFormat", /did you mean %TRACE_ID%\?/],
        [{ accessLogEncoding: "JSON", accessLogFormat: "%TRACE_ID%" }, "accessLogFormat", /JSON text/],
        [{ accessLogEncoding: "JSON", accessLogFormat: "[]" }, "accessLogFormat", /JSON text/],
        [json({ trace_id: "%REQ(X-B3-TRACEID)%" }), "accessLogFormat", /%TRACE_ID% in the field trace_id/],
        [json({ traceparent: "-" }), "accessLogFormat", /give your field another name/],
    ] satisfies [Given, string, RegExp][]) {
        it(`is refused as ${JSON.stringify(mesh)}`, () => {
            const [problem, ...more] = problemsOf(raw(mesh));
            assert.deepEqual([problem?.key, more], [`${UNDER}.${key}`, []]);
            assert.match([problem?.expected, problem?.got, problem?.next].join("\n").replaceAll("\n", " "), words);
        });
    }

    it("may not take its ids from B3 headers alone unless sidecars write these", () => {
        const b3 = { accessLogFormat: "%REQ(X-B3-TRACEID)%" };
        assert.match(problemsOf(raw(b3))[0]?.next ?? "", /trace_id=%TRACE_ID%/);
        const zipkin = { "collector.protocol": "zipkin", collectorAddress: "z.obs.svc.cluster.local:9411" };
        settingsOf(raw(b3, zipkin));
        const second = { name: "z", zipkin: { service: "z.obs.svc.cluster.local", port: 9411 } };
        settingsOf(raw({ ...b3, extensionProviders: [second] }));
        settingsOf(raw({ accessLogFormat: "%REQ(X-B3-TRACEID)% %TRACE_ID%" }));
    });

    it("may name the span only with a proxy that knows it", () => {
        const span = { accessLogFormat: "%TRACE_ID% %SPAN_ID%" };
        settingsOf(raw(span));
        assert.match(problemsOf(raw(span, { "istio.version": "1.29.5" }))[0]?.next ?? "", /1\.30\.0 or newer/);
    });

    it("is warned of as text in which no line tells its trace, and not where nothing is logged", () => {
        assert.deepEqual(warnings({ accessLogFormat: "%RESPONSE_CODE%\n" }), [WITHOUT_ID]);
        assert.deepEqual(warnings({ accessLogFormat: "" }), [WITHOUT_ID]);
        assert.deepEqual(warnings({ accessLogFormat: "%RESPONSE_CODE%\n", accessLogFile: "" }), []);
    });
});
