import assert from "node:assert/strict";
import { tracesThatFit } from "../../../../checks/jaeger/traceMemory";
import { resolveSettings } from "../../../../components/settings";
import { SettingsError } from "../../../../components/settings/problems";
import { setPaths } from "../../../../shared/stacks/settingPaths";
import { problemsOf, settingsOf } from "./helpers";

const SEARCH = { type: "elasticsearch", serverUrls: ["https://es.example.com:9200"] };
const BADGER = { type: "badger", size: "10Gi" };
const storage = (value: object): Record<string, string> => ({ "jaeger.storage": JSON.stringify(value) });
const OUTSIDE = { "jaeger.deploy": "false", collectorAddress: "otel.example.com:4317" };

describe("the storage of Jaeger", () => {
    it("is memory, with as many traces as the memory limit of its container holds", () => {
        const resources = JSON.stringify({ jaeger: { limits: { memory: "2Gi" } } });
        assert.deepEqual(settingsOf({ resources }).jaeger.storage, {
            type: "memory",
            maxTraces: tracesThatFit(2 * 1024 ** 3),
        });
        assert.deepEqual(settingsOf({ "jaeger.maxTraces": "777" }).jaeger.storage, { type: "memory", maxTraces: 777 });
    });

    it("keeps spans for three days with badger, unless it is said otherwise", () => {
        assert.deepEqual(settingsOf(storage(BADGER)).jaeger.storage, { ...BADGER, retentionHours: 72 });
        assert.deepEqual(settingsOf(storage({ ...BADGER, retentionHours: "24", storageClass: "ssd" })).jaeger.storage, {
            ...BADGER,
            retentionHours: 24,
            storageClass: "ssd",
        });
    });

    const together: [string, Record<string, string>, string, RegExp][] = [
        ["a storage without a Jaeger", { ...OUTSIDE, ...storage(BADGER) }, "jaeger.storage", /jaeger\.deploy to true/],
        [
            "a number of traces without a Jaeger",
            { ...OUTSIDE, "jaeger.maxTraces": "500" },
            "jaeger.maxTraces",
            /remove/,
        ],
        ["a password without a Jaeger", { ...OUTSIDE, jaegerStoragePassword: "x" }, "jaegerStoragePassword", /remove/],
        [
            "a configuration without a Jaeger",
            { ...OUTSIDE, "jaeger.config": '{"processors":{}}' },
            "jaeger.config",
            /remove/,
        ],
        [
            "a number of traces with badger",
            { ...storage(BADGER), "jaeger.maxTraces": "500" },
            "jaeger.maxTraces",
            /hours/i,
        ],
        [
            "a number of traces with a server",
            { ...storage(SEARCH), "jaeger.maxTraces": "500" },
            "jaeger.maxTraces",
            /itself/,
        ],
        ["a password with memory", { jaegerStoragePassword: "x" }, "jaegerStoragePassword", /jaeger\.storage/],
        [
            "a password with badger",
            { ...storage(BADGER), jaegerStoragePassword: "x" },
            "jaegerStoragePassword",
            /remove/,
        ],
        [
            "a password of nobody",
            { ...storage(SEARCH), jaegerStoragePassword: "x" },
            "jaeger.storage.username",
            /username/,
        ],
        [
            "a user without a password",
            storage({ ...SEARCH, username: "jaeger" }),
            "jaegerStoragePassword",
            /config set --secret jaegerStoragePassword/,
        ],
        [
            "a password over plain HTTP",
            {
                ...storage({ ...SEARCH, serverUrls: ["http://es.example.com:9200"], username: "jaeger" }),
                jaegerStoragePassword: "x",
            },
            "jaeger.storage.serverUrls",
            /https:/,
        ],
        [
            "TLS over plain HTTP",
            storage({ ...SEARCH, serverUrls: ["http://es.example.com:9200"], tls: { ca: "public" } }),
            "jaeger.storage.serverUrls",
            /https:/,
        ],
    ];
    for (const [what, raw, key, next] of together) {
        it(`refuses ${what}`, () => {
            const problems = problemsOf(raw);
            assert.deepEqual(
                problems.map((problem) => problem.key),
                [key],
            );
            assert.match(problems[0]?.next ?? "", next);
        });
    }

    it("says what belongs to which type, and no more when the storage itself cannot be read", () => {
        const [problem, ...more] = problemsOf({
            ...storage({ type: "memory", size: "1Gi" }),
            jaegerStoragePassword: "x",
        });
        assert.match(problem?.expected ?? "", /no size with type memory: it belongs to badger/);
        assert.deepEqual(more, []);
    });

    it("takes no password in plain text, and shows it in no message", () => {
        const raw = { ...storage({ ...SEARCH, username: "jaeger" }), jaegerStoragePassword: "hunter2" };
        settingsOf(raw);
        assert.throws(
            () => resolveSettings(setPaths({}, raw), { isEncrypted: () => false }),
            (error: unknown) =>
                error instanceof SettingsError &&
                error.problems.length === 1 &&
                error.message.includes("pulumi config set --secret jaegerStoragePassword") &&
                !error.message.includes("hunter2"),
        );
        for (const wrong of [
            { ...SEARCH, serverUrls: ["https://jaeger:hunter2@es.example.com"] },
            { ...SEARCH, password: "hunter2" },
            { ...SEARCH, username: "jaeger:hunter2" },
            { ...SEARCH, tls: { ca: "hunter2" } },
        ]) {
            assert.ok(!JSON.stringify(problemsOf(storage(wrong))).includes("hunter2"));
        }
    });
});
