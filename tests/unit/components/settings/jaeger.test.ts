import assert from "node:assert/strict";
import { tracesThatFit } from "../../../../checks/jaeger/traceMemory";
import { resolveSettings } from "../../../../components/settings";
import { SettingsError } from "../../../../components/settings/problems";
import { problemsOf, settingsOf } from "./helpers";

const SEARCH = { type: "elasticsearch", serverUrls: ["https://es.example.com:9200"] };
const BADGER = { type: "badger", size: "10Gi" };
const storage = (value: object): Record<string, string> => ({ jaegerStorage: JSON.stringify(value) });
const OUTSIDE = { deployJaeger: "false", collectorAddress: "otel.example.com:4317" };

describe("the storage of Jaeger", () => {
    it("is memory, with as many traces as the memory limit of its container holds", () => {
        const resources = JSON.stringify({ jaeger: { limits: { memory: "2Gi" } } });
        assert.deepEqual(settingsOf({ resources }).jaegerStorage, {
            type: "memory",
            maxTraces: tracesThatFit(2 * 1024 ** 3),
        });
        assert.deepEqual(settingsOf({ jaegerMaxTraces: "777" }).jaegerStorage, { type: "memory", maxTraces: 777 });
    });

    it("keeps spans for three days with badger, unless it is said otherwise", () => {
        assert.deepEqual(settingsOf(storage(BADGER)).jaegerStorage, { ...BADGER, retentionHours: 72 });
        assert.deepEqual(settingsOf(storage({ ...BADGER, retentionHours: "24", storageClass: "ssd" })).jaegerStorage, {
            ...BADGER,
            retentionHours: 24,
            storageClass: "ssd",
        });
    });

    const together: [string, Record<string, string>, string, RegExp][] = [
        ["a storage without a Jaeger", { ...OUTSIDE, ...storage(BADGER) }, "jaegerStorage", /deployJaeger to true/],
        ["a number of traces without a Jaeger", { ...OUTSIDE, jaegerMaxTraces: "500" }, "jaegerMaxTraces", /remove/],
        ["a password without a Jaeger", { ...OUTSIDE, jaegerStoragePassword: "x" }, "jaegerStoragePassword", /remove/],
        [
            "a configuration without a Jaeger",
            { ...OUTSIDE, jaegerConfig: '{"processors":{}}' },
            "jaegerConfig",
            /remove/,
        ],
        ["a number of traces with badger", { ...storage(BADGER), jaegerMaxTraces: "500" }, "jaegerMaxTraces", /hours/i],
        [
            "a number of traces with a server",
            { ...storage(SEARCH), jaegerMaxTraces: "500" },
            "jaegerMaxTraces",
            /itself/,
        ],
        ["a password with memory", { jaegerStoragePassword: "x" }, "jaegerStoragePassword", /jaegerStorage/],
        [
            "a password with badger",
            { ...storage(BADGER), jaegerStoragePassword: "x" },
            "jaegerStoragePassword",
            /remove/,
        ],
        [
            "a password of nobody",
            { ...storage(SEARCH), jaegerStoragePassword: "x" },
            "jaegerStorage.username",
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
            "jaegerStorage.serverUrls",
            /https:/,
        ],
        [
            "TLS over plain HTTP",
            storage({ ...SEARCH, serverUrls: ["http://es.example.com:9200"], tls: { ca: "public" } }),
            "jaegerStorage.serverUrls",
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
        assert.match(problem?.expected ?? "", /no size with type memory: it goes with badger/);
        assert.deepEqual(more, []);
    });

    it("takes no password in plain text, and shows it in no message", () => {
        const raw = { ...storage({ ...SEARCH, username: "jaeger" }), jaegerStoragePassword: "hunter2" };
        settingsOf(raw);
        assert.throws(
            () => resolveSettings(raw, () => false),
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
