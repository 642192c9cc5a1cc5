import assert from "node:assert/strict";
import { resolveSettings } from "../../../../components/settings";
import { FIELDS } from "../../../../components/settings/fields";
import { FORMER_KEYS } from "../../../../components/settings/formerKeys";
import { SettingsError } from "../../../../components/settings/problems";

function refused(raw: Record<string, string>, encrypted: string[] = []): SettingsError {
    try {
        resolveSettings(raw, { isEncrypted: (key) => encrypted.includes(key), stack: "dev" });
    } catch (error) {
        assert.ok(error instanceof SettingsError);
        return error;
    }
    return assert.fail(`accepted: ${JSON.stringify(raw)}`);
}

const commandsOf = (raw: Record<string, string>): string[] =>
    refused(raw).problems.flatMap(({ commands = [] }) => commands);

describe("a setting under the key that it had before it was grouped", () => {
    it("is refused with its place and the commands that move its value", () => {
        const [problem, ...more] = refused({ istioVersion: "1.31.0" }).problems;
        assert.deepEqual(more, []);
        assert.deepEqual(problem, {
            key: "istioVersion",
            expected: "the setting istio.version, which has replaced it",
            got: '"1.31.0"',
            next: "run the commands below, or npm run settings -- migrate --stack dev, which moves all settings",
            commands: [
                "pulumi config set --path istio-tracing:istio.version 1.31.0 -s dev",
                "pulumi config rm istio-tracing:istioVersion -s dev",
            ],
        });
    });

    it("leads to a setting that there is, each former key to another one", () => {
        const places = Object.values(FORMER_KEYS);
        assert.deepEqual([...new Set(places)].sort(), [...places].sort());
        for (const path of places) assert.ok(Object.hasOwn(FIELDS, path), path);
    });

    it("has the commands of all such keys in one piece, each removal only after its value is set", () => {
        const { message } = refused({
            deployJaeger: "false",
            istiodReplicas: '{"min":2,"max":"5"}',
            samplingPercent: "5",
        });
        assert.ok(
            message.endsWith(
                `\n\nCommands, for the folder of Pulumi.yaml:\n${[
                    "pulumi config set --path istio-tracing:istio.replicas.min 2 -s dev &&",
                    "pulumi config set --path --type string istio-tracing:istio.replicas.max 5 -s dev &&",
                    "pulumi config rm istio-tracing:istiodReplicas -s dev",
                    "pulumi config set --path istio-tracing:jaeger.deploy false -s dev &&",
                    "pulumi config rm istio-tracing:deployJaeger -s dev",
                ].join("\n")}\n`,
            ),
            message,
        );
    });

    it("sets an object with many parts, or with empty ones, as a whole", () => {
        const text = '{"meshConfig":{"extensionProviders":[{"name":"log","envoyFileAccessLog":{}}]}}';
        const json = JSON.stringify({
            "istio-tracing:istio.values": { value: text, objectValue: JSON.parse(text) as object },
        });
        assert.deepEqual(commandsOf({ istiodValues: text }), [
            `pulumi config set-all --json '${json}' -s dev`,
            "pulumi config rm istio-tracing:istiodValues -s dev",
        ]);
    });

    it("quotes what a shell would read otherwise, and a value that looks like an option", () => {
        assert.deepEqual(
            commandsOf({ istioChartSource: "./it's here" })[0],
            String.raw`pulumi config set --path istio-tracing:istio.chartSource './it'\''s here' -s dev`,
        );
        assert.match(
            commandsOf({ frontendIntervalSeconds: "-5" })[0] ?? "",
            /--path -s dev -- istio-tracing:demo\.intervalSeconds -5$/,
        );
        assert.match(
            commandsOf({ istiodValues: '{"env":{"A.B":"c"}}' })[0] ?? "",
            / 'istio-tracing:istio\.values\.env\["A\.B"\]' c -s/,
        );
    });

    it("never has its value shown where it may be a secret: the CLI hands it over", () => {
        for (const [raw, command] of [
            [
                { collectorTls: '{"ca":"geheim"}' },
                '-- istio-tracing:collector.tls.ca "$(pulumi config get --path istio-tracing:collectorTls.ca -s dev)"',
            ],
            [
                { istioHub: "user:geheim@registry.example.com/istio" },
                '-- istio-tracing:istio.hub "$(pulumi config get istio-tracing:istioHub -s dev)"',
            ],
            [
                { istiodValues: '{"env":{"API_KEY":"geheim"},"x":{}}' },
                '-- istio-tracing:istio.values "$(pulumi config get istio-tracing:istiodValues -s dev)"',
            ],
            [
                {
                    jaegerStorage:
                        '{"type":"elasticsearch","username":"geheim","serverUrls":["https://es.example.com"]}',
                },
                '"$(pulumi config get --path istio-tracing:jaegerStorage.username -s dev)"',
            ],
        ] satisfies [Record<string, string>, string][]) {
            const { message } = refused(raw);
            assert.ok(message.includes(command), message);
            assert.doesNotMatch(message, /geheim/);
        }
    });

    it("is refused without commands where it is encrypted, which a group takes from nobody", () => {
        const { problems, message } = refused({ istiodValues: '{"env":{"A":"geheim"}}' }, ["istiodValues"]);
        assert.match(
            problems[0]?.next ?? "",
            /^run pulumi config rm istiodValues, and set istio\.values without --secret; .*collectorHeaders/,
        );
        assert.doesNotMatch(message, /geheim|config set --path/);
    });

    it("only has to be removed where its place is taken", () => {
        const [problem, ...more] = refused({ mtlsMode: "STRICT", istio: '{"mtlsMode":"PERMISSIVE"}' }).problems;
        assert.deepEqual(more, []);
        assert.match(problem?.expected ?? "", /because istio\.mtlsMode is set and takes precedence/);
        assert.deepEqual(problem?.commands, ["pulumi config rm istio-tracing:mtlsMode -s dev"]);
    });

    it("is checked as it will be at its place, so that all mistakes are told at once", () => {
        const keys = refused({ istioVersion: "latest", deployJaeger: "false" }).problems.map(({ key }) => key);
        assert.deepEqual(keys, ["istioVersion", "deployJaeger", "istio.version", "collectorAddress"]);
    });
});

describe("a key that no setting has", () => {
    const nextOf = (raw: Record<string, string>): string => refused(raw).problems[0]?.next ?? "";

    it("leads to the setting that was meant, also by a misspelt former key", () => {
        assert.equal(nextOf({ istoVersion: "1.31.1" }), 'did you mean "istio.version"?');
        assert.equal(nextOf({ deployJeager: "false" }), 'did you mean "jaeger.deploy"?');
        assert.equal(nextOf({ "istio.verison": "1.31.1" }), 'did you mean "istio.version"?');
    });

    it("leads within a group to the setting that was meant, by its own name, another group's or a former one", () => {
        assert.equal(nextOf({ istio: '{"verison":"1.31.1"}' }), "did you mean istio.version?");
        assert.equal(nextOf({ istio: '{"traceContext":"mesh"}' }), "did you mean demo.traceContext?");
        assert.equal(nextOf({ jaeger: '{"jaegerStorage":{}}' }), "did you mean jaeger.storage?");
        assert.equal(nextOf({ istio: '{"clusterDomain":"a.b"}' }), "did you mean clusterDomain?");
        assert.equal(nextOf({ jaeger: '{"qqqqqqqqqqqqqqqqqqq":1}' }), "remove it");
    });

    it("leads within an object of a group, and of a key of its own, to the name that was meant", () => {
        assert.equal(
            nextOf({ jaeger: '{"storage":{"type":"badger","siez":"5Gi","size":"5Gi"}}' }),
            "did you mean jaeger.storage.size?",
        );
        assert.equal(nextOf({ ui: '{"tls":{"mod":"secret"}}' }), "did you mean ui.tls.mode?");
        assert.equal(
            nextOf({ namespaces: '{"shop":{"samplingPercentage":5}}' }),
            "did you mean namespaces.shop.samplingPercent?",
        );
    });

    it("is a path that was set without --path, which the commands put right, by its former name as well", () => {
        assert.deepEqual(commandsOf({ "istio.version": "1.31.0" }), [
            "pulumi config set --path istio-tracing:istio.version 1.31.0 -s dev",
            "pulumi config rm istio-tracing:istio.version -s dev",
        ]);
        assert.match(
            commandsOf({ "istiodReplicas.min": "2" })[0] ?? "",
            /--path istio-tracing:istio\.replicas\.min 2 /,
        );
        const { message } = refused({ "uiBasicAuth.password": "geheim" });
        assert.match(message, /pulumi config set --secret --path uiBasicAuth\.password/);
        assert.doesNotMatch(message, /geheim/);
    });
});

describe("a group of settings", () => {
    it("takes numbers, true and false with their type and as text, and objects as YAML and as JSON text", () => {
        const typed = resolveSettings({
            istio: '{"keepCrds":false,"replicas":{"min":2}}',
            demo: '{"intervalSeconds":0.5,"namespace":123}',
        });
        const text = resolveSettings({
            istio: JSON.stringify({ keepCrds: "false", replicas: '{"min":"2"}' }),
            demo: '{"intervalSeconds":"0.5","namespace":"123"}',
        });
        assert.deepEqual(typed, text);
        assert.deepEqual([typed.istio.keepCrds, typed.istio.replicas.min, typed.demo.intervalSeconds], [false, 2, 0.5]);
        resolveSettings({ resources: '{"istiod":{"requests":{"cpu":1},"limits":{"cpu":2}}}' });
    });

    it("is refused as a whole where it is no object, and then says nothing about what follows from its defaults", () => {
        for (const text of ["", "5", "[]", "null", "{", '"geheim"']) {
            for (const group of ["collector", "istio", "demo", "jaeger"]) {
                const { problems, message } = refused({ [group]: text });
                assert.deepEqual(
                    problems.map(({ key }) => key),
                    [group],
                    text,
                );
                assert.match(problems[0]?.expected ?? "", /^an object with \w+/);
                if (group === "collector" || group === "jaeger") assert.doesNotMatch(message, /geheim/);
            }
        }
    });

    it("names a wrong value by its path, and shows it as it was given", () => {
        const { problems } = refused({ istio: '{"version":1.30,"mtlsMode":null,"keepCrds":{}}' });
        assert.deepEqual(
            problems.map(({ key, got }) => [key, got]),
            [
                ["istio.version", "1.3"],
                ["istio.mtlsMode", "an empty value (null)"],
                ["istio.keepCrds", "{}"],
            ],
        );
    });

    it("drops no name without a word", () => {
        assert.equal(refused({ jaeger: '{"config":{"__proto__":{}}}' }).problems[0]?.key, "jaeger.config.__proto__");
    });
});
