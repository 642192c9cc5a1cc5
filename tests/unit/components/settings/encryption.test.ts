import assert from "node:assert/strict";
import { resolveSettings } from "../../../../components/settings";
import { SettingsError, type SettingsProblem } from "../../../../components/settings/problems";
import { setPaths } from "../../../../shared/stacks/settingPaths";
import { problemsOf } from "./helpers";

const settings = (...list: Record<string, string>[]): Record<string, string>[] => list;
const inPlain = (raw: Record<string, string>): SettingsProblem[] => {
    try {
        resolveSettings(setPaths({}, raw), { isEncrypted: () => false });
    } catch (error) {
        if (error instanceof SettingsError) return error.problems;
    }
    return [];
};

describe("what a message shows of a value", () => {
    it("is the word encrypted once, where a secret stands in plain text", () => {
        for (const raw of settings(
            { jaegerStoragePassword: "geheim-1234" },
            { collectorHeaders: '{"x-key":"geheim-1234"}' },
            { uiBasicAuth: '{"username":"anna","password":"geheim-1234-x"}' },
        )) {
            const problem = inPlain(raw).find(({ key }) => key === Object.keys(raw)[0]);
            assert.equal(problem?.expected.match(/encrypted/g)?.length, 1, JSON.stringify([raw, problem]));
            assert.doesNotMatch(JSON.stringify(problem), /geheim/);
        }
    });

    it("is no undefined and no null, but that it is empty", () => {
        for (const raw of settings(
            { "collector.tls": '{"serverName":"otel.example.com"}' },
            { "collector.tls": '{"ca":null}' },
            { collectorHeaders: '{"x":null}' },
            { ui: '{"mode":null}' },
            { "istio.values": '{"meshConfig":null}' },
            { samplingPercent: "" },
        )) {
            const got = problemsOf(raw).map((problem) => problem.got);
            assert.doesNotMatch(got.join("\n"), /undefined|^null|object, which/m, JSON.stringify(raw));
        }
    });

    it("has no password of a URL", () => {
        for (const raw of settings(
            { "istio.chartSource": "https://user:geheim@charts.example.com" },
            { "istio.chartSource": "user:geheim@charts.example.com/istio" },
            { "istio.hub": "user:geheim@registry.example.com/istio" },
            { imageRegistry: "https://user:geheim@registry.example.com" },
            { collectorAddress: "https://user:geheim@otel.example.com:4317" },
            { "jaeger.storage": '{"type":"elasticsearch","serverUrls":["https://user:geheim@es.example.com:9200"]}' },
        ))
            assert.doesNotMatch(JSON.stringify(problemsOf(raw)), /geheim/);
    });
});

describe("a secret in an object that is no place for one", () => {
    const refusedIn = (key: string, value: object): SettingsProblem[] => {
        try {
            resolveSettings({ [key]: JSON.stringify(value) }, { isEncrypted: (one) => one === key });
        } catch (error) {
            if (error instanceof SettingsError) return error.problems;
        }
        return [];
    };

    for (const [key, value, next] of [
        ["istio", { values: { env: { API_KEY: "geheim" } } }, /collectorHeaders; any other secret .*envVarFrom names$/],
        ["istio", { values: { meshConfig: { extensionProviders: "geheim" } } }, /collectorHeaders/],
        ["jaeger", { config: { exporters: { geheim: {} } } }, /jaegerStoragePassword.*\$\{file:/],
        ["jaeger", { storage: { type: "elasticsearch", serverUrls: ["https://geheim@es"] } }, /jaegerStoragePassword/],
        ["images", { jaeger: "geheim" }, /imagePullSecret/],
        ["ui", { mode: "gateway", host: "geheim" }, /uiBasicAuth/],
        ["collector", { tls: { ca: "geheim" } }, /certificates are not secret/],
        ["namespaces", { shop: { customTags: { a: { literal: { value: "geheim" } } } } }, /config rm namespaces/],
        ["resources", {}, /again without --secret$/],
        ["demo", { namespace: "geheim" }, /config rm --path demo\.NAME .*again without --secret$/],
    ] satisfies [string, object, RegExp][]) {
        it(`is refused in ${key} ${JSON.stringify(value)}, with the setting that takes it, and not shown`, () => {
            const [problem, ...more] = refusedIn(key, value);
            assert.deepEqual([problem?.key, problem?.got, more], [key, "an encrypted value, which is not shown", []]);
            assert.match(problem?.next ?? "", next);
            assert.doesNotMatch(JSON.stringify(problem), /geheim/);
        });
    }

    it("is none where a setting takes secrets, or stands in plain text", () => {
        assert.deepEqual(refusedIn("uiBasicAuth", {}), []);
        resolveSettings({ istio: '{"values":{"env":{"A":"b"}}}' }, { isEncrypted: () => false });
        const headers = { collectorAddress: "10.1.2.3:4317", collectorHeaders: '{"x-key":"geheim"}' };
        resolveSettings(headers, { isEncrypted: (key) => key === "collectorHeaders" });
    });
});

describe("the word for injection", () => {
    it("is no revision where it means a switch", () => {
        for (const word of ["disabled", "false", "off", "on", "true", "injected"]) {
            const [problem] = problemsOf({ namespaces: JSON.stringify({ shop: { injection: word } }) });
            assert.equal(problem?.key, "namespaces.shop.injection", word);
            assert.match(problem.expected, /with none, the namespace's labels stay as they are/);
        }
    });

    it("is a revision where it looks like one", () => {
        for (const word of ["canary", "1-31-1", "stable", "enabled", "none", "default"])
            resolveSettings({ namespaces: JSON.stringify({ shop: { injection: word } }) });
    });
});
