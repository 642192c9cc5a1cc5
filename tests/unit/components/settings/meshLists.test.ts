import assert from "node:assert/strict";
import { problemsOf, settingsOf } from "./helpers";

const raw = (meshConfig: object): Record<string, string> => ({ "istio.values": JSON.stringify({ meshConfig }) });
const AUTHORIZER = { name: "authz", envoyExtAuthzGrpc: { service: "authz.auth.svc.cluster.local", port: 9000 } };
const LOGS = { name: "logs", envoyFileAccessLog: { path: "/dev/stdout" } };

describe("further extension providers", () => {
    it("are taken beside the program's own, of every kind", () => {
        settingsOf(raw({ extensionProviders: [] }));
        settingsOf(raw({ extensionProviders: [AUTHORIZER, LOGS, { name: "metrics", prometheus: {} }] }));
    });

    for (const [provider, key, words] of [
        [{ ...AUTHORIZER, name: "tracing" }, ".name", /the program's own provider.*collectorAddress/],
        [{ ...AUTHORIZER, name: "Tracing" }, ".name", /the program's own provider/],
        [{ ...AUTHORIZER, name: "LOGS" }, ".name", /that of the provider \[0\]/],
        [{ name: "authz" }, "", /one kind of provider.*only a name/],
        [{ name: "authz", envoyExtAuthz: {} }, "", /did you mean envoyExtAuthz(Http|Grpc)\?/],
        [{ ...AUTHORIZER, envoyFileAccessLog: {} }, "", /one kind of provider/],
        [{ name: "metrics", prometheus: null }, ".prometheus", /an object/],
        [{ name: 7, prometheus: {} }, "", /give it a name/],
        ["authz", "", /give it a name/],
    ] satisfies [unknown, string, RegExp][]) {
        it(`are refused with ${JSON.stringify(provider)}`, () => {
            const [problem, ...more] = problemsOf(raw({ extensionProviders: [LOGS, provider] }));
            assert.deepEqual([problem?.key, more], [`istio.values.meshConfig.extensionProviders[1]${key}`, []]);
            assert.match([problem?.expected, problem?.got, problem?.next].join(" "), words);
        });
    }

    for (const [kind, logFormat, words] of [
        ["envoyFileAccessLog", { text: "%TRACEID%" }, /did you mean %TRACE_ID%/],
        ["envoyFileAccessLog", { labels: { share: "100%" } }, /%% for a percent sign/],
        ["envoyFileAccessLog", { text: "%REQ(X-B3-TRACEID)%" }, /trace_id=%TRACE_ID%/],
        ["envoyOtelAls", { labels: { a: { b: "%REQ(X" } } }, /reject a configuration/],
    ] satisfies [string, object, RegExp][]) {
        it(`are refused with ${JSON.stringify(logFormat)} in ${kind}, as the mesh's own log is`, () => {
            const [problem, ...more] = problemsOf(
                raw({ extensionProviders: [{ name: "logs", [kind]: { logFormat } }] }),
            );
            const key = `istio.values.meshConfig.extensionProviders[0].${kind}.logFormat`;
            assert.deepEqual([problem?.key, more], [key, []]);
            assert.match([problem?.expected, problem?.next].join(" "), words);
        });
    }

    it("may log by any operator, and leave the trace to another log", () => {
        const logFormat = { labels: { status: "%RESPONSE_CODE%", trace: { id: "%TRACE_ID%" } } };
        settingsOf(
            raw({ extensionProviders: [{ name: "logs", envoyFileAccessLog: { path: "/dev/stdout", logFormat } }] }),
        );
        settingsOf(
            raw({ extensionProviders: [{ name: "logs", envoyOtelAls: { logFormat: { text: "%PROTOCOL%" } } }] }),
        );
    });

    it("are refused by the name of the reference where a kind is in snake case", () => {
        const problems = problemsOf(raw({ extensionProviders: [{ name: "logs", envoy_file_access_log: {} }] }));
        assert.deepEqual(
            problems.map(({ next }) => next),
            ["write envoyFileAccessLog"],
        );
    });
});

describe("further statistics of sidecars", () => {
    const matcher = (proxyStatsMatcher: unknown): Record<string, string> =>
        raw({ defaultConfig: { proxyStatsMatcher } });

    it("are taken as starts, ends and patterns", () => {
        settingsOf(matcher({}));
        settingsOf(matcher({ inclusionPrefixes: ["cluster.outbound"], inclusionSuffixes: ["rq_retry"] }));
        settingsOf(matcher({ inclusionRegexps: ["(?i)http\\..*_rq_[2-5]xx", "(?P<a>x)|[[:alpha:]]+", "(?s-i:a.b)"] }));
    });

    for (const [value, key, words] of [
        ["all", "", /inclusionPrefixes, inclusionSuffixes, inclusionRegexps/],
        [[], "", /write it as an object/],
        [{ inclusionPrefix: ["a"] }, ".inclusionPrefix", /did you mean inclusionPrefixes\?/],
        [{ inclusionPrefixes: "a" }, ".inclusionPrefixes", /write it as a list/],
        [{ inclusionSuffixes: ["a", ""] }, ".inclusionSuffixes[1]", /not empty/],
        [{ inclusionRegexps: [7] }, ".inclusionRegexps[0]", /text/],
        [{ inclusionRegexps: ["a("] }, ".inclusionRegexps[0]", /does not start/],
        [{ inclusionRegexps: ["(?!a)b"] }, ".inclusionRegexps[0]", /RE2/],
    ] satisfies [unknown, string, RegExp][]) {
        it(`are refused as ${JSON.stringify(value)}`, () => {
            const [problem, ...more] = problemsOf(matcher(value));
            assert.deepEqual(
                [problem?.key, more],
                [`istio.values.meshConfig.defaultConfig.proxyStatsMatcher${key}`, []],
            );
            assert.match([problem?.expected, problem?.next].join(" "), words);
        });
    }
});
