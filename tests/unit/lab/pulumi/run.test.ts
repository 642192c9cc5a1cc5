import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { UserError } from "../../../../shared/terminal/errors";
import type { EngineEvent } from "../../../../lab/engine";
import { pulumiParts } from "../../../../lab/images/pulumiParts";
import { runProgram } from "../../../../lab/program";
import { choiceForStack, choiceOfEnvironment, choosePulumi, describePulumi } from "../../../../lab/pulumi";
import { askedProviderVersion } from "../../../../lab/pulumi/artifacts";
import { EventLog, eventLogName, removeLeftEventLogs } from "../../../../lab/pulumi/events";
import { splitSecrets } from "../../../../lab/pulumi/secrets";

const STACK = "urn:pulumi:ci::p::pulumi:pulumi:Stack::p-ci";
const MAP = "urn:pulumi:ci::p::a:b:Part$kubernetes:core/v1:ConfigMap::status";

/** Lines as Pulumi CLI 3.274.1 writes them with --event-log, cut to the fields that matter. */
const metadata = (op: string, more: object = {}): object => ({
    ...{ op, urn: MAP, type: "kubernetes:core/v1:ConfigMap", new: { custom: true, parent: STACK } },
    ...more,
});

describe("what the Pulumi CLI logs", () => {
    let folder: string;
    let file: string;
    let said: EngineEvent[];
    let log: EventLog;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "events-"));
        file = join(folder, "events.jsonl");
        said = [];
        log = new EventLog(file, (event) => said.push(event));
    });
    afterEach(() => {
        log.close();
        rmSync(folder, { recursive: true });
    });
    const write = (...events: object[]): void => {
        writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
        log.close();
    };

    it("becomes steps with what changes, and counts", () => {
        const detailedDiff = { "data.step": { diffKind: "update", inputDiff: false } };
        write(
            { resourcePreEvent: { metadata: metadata("update", { detailedDiff }) } },
            { resOutputsEvent: { metadata: metadata("update") } },
            { summaryEvent: { resourceChanges: { update: 1, same: 4 } } },
        );
        assert.deepEqual(
            log.steps.map(({ op, name, custom, parent, detailedDiff: diff }) => ({ op, name, custom, parent, diff })),
            [{ op: "update", name: "status", custom: true, parent: STACK, diff: { "data.step": "update" } }],
        );
        assert.deepEqual(log.summary, { create: 0, update: 1, replace: 0, delete: 0, same: 4 });
        assert.deepEqual(
            said.map(({ kind }) => kind),
            ["start", "done"],
        );
    });

    it("shows a replacement once, with its reasons", () => {
        const parts = ["create-replacement", "replace", "delete-replaced"];
        write(...parts.map((op) => ({ resourcePreEvent: { metadata: metadata(op, { keys: ["data"] }) } })));
        assert.deepEqual(
            log.steps.map(({ op, replaceReasons }) => [op, replaceReasons]),
            [["replace", ["data"]]],
        );
    });

    it("keeps errors and warnings apart from what the program writes, and leaves out the SDK's debug lines", () => {
        const message = (severity: string, text: string): object => ({ diagnosticEvent: { severity, message: text } });
        write(
            message("error", "<{%reset%}>no such context<{%reset%}>\n"),
            message("warning", "mind this\n"),
            message("info#err", "hello\n"),
            message("debug", "RPC finished\n"),
        );
        assert.deepEqual(
            log.diagnostics.map(({ severity, message: text }) => `${severity}: ${text}`),
            ["error: no such context", "warning: mind this"],
        );
        assert.deepEqual(
            said.filter((event) => event.kind === "program"),
            [{ kind: "program", line: "hello" }],
        );
    });

    it("is read while it grows, also where a line is cut in the middle of a letter", async () => {
        const line = Buffer.from(`${JSON.stringify({ diagnosticEvent: { severity: "info", message: "größer" } })}\n`);
        const cut = line.indexOf(0xc3) + 1;
        appendFileSync(file, line.subarray(0, cut));
        await setTimeout(250);
        appendFileSync(file, line.subarray(cut));
        log.close();
        assert.deepEqual(said, [{ kind: "program", line: "größer" }]);
    });

    it("is removed at the end, since it holds the inputs of resources", () => {
        write({ cancelEvent: {} });
        assert.equal(existsSync(file), false);
    });

    it("is removed by the next run where its own was killed, while that of a run at work stays", () => {
        const ended = spawnSync(process.execPath, ["--version"]).pid;
        const [alive, left] = [process.pid, ended].map((pid) => join(folder, eventLogName(pid))) as [string, string];
        for (const one of [alive, left]) writeFileSync(one, "{}\n");
        removeLeftEventLogs(folder);
        assert.deepEqual([existsSync(alive), existsSync(left)], [true, false]);
    });
});

describe("the settings that the Pulumi CLI gets", () => {
    const headers = "p:collectorHeaders";
    const config = {
        "p:deployJaeger": "true",
        "p:users": '{"username":"u","rounds":5}',
        "p:storagePassword": "s3cret",
        [headers]: '{"x-key":"s3cret","retries":3}',
        "p:resources": '{"istiod":{"requests":{"cpu":"50m"}}}',
        "p:samplingPercent": "50",
    };

    it("keep the secrets apart, those in objects too, so that no file has them in plain text", () => {
        const secretKeys = ["p:storagePassword", headers, "p:resources", "p:samplingPercent"];
        assert.deepEqual(splitSecrets({ config, secretKeys }), {
            plain: {
                "p:deployJaeger": "true",
                "p:users": { username: "u", rounds: 5 },
                [headers]: { retries: 3 },
                "p:resources": { istiod: { requests: { cpu: "50m" } } },
                "p:samplingPercent": "50",
            },
            secrets: [
                { path: "p:storagePassword", text: "s3cret" },
                { path: `${headers}["x-key"]`, text: "s3cret" },
            ],
        });
    });
});

describe("which Pulumi runs the program in the lab", () => {
    const former = process.env["LAB_PULUMI"];
    afterEach(() => {
        if (former === undefined) delete process.env["LAB_PULUMI"];
        else process.env["LAB_PULUMI"] = former;
    });

    it("is said by LAB_PULUMI, and another word is refused with those that it takes", () => {
        process.env["LAB_PULUMI"] = "real";
        assert.equal(choiceOfEnvironment(), "real");
        process.env["LAB_PULUMI"] = "Real";
        assert.throws(choiceOfEnvironment, /LAB_PULUMI: expected auto, real or embedded, got "Real"/);
    });

    it("is the CLI for a stack that a CLI made, if one is built and LAB_PULUMI says nothing else", () => {
        const stateDir = mkdtempSync(join(tmpdir(), "backend-"));
        delete process.env["LAB_PULUMI"];
        assert.equal(choiceForStack(stateDir, "ci", true), "auto");
        const stacks = join(stateDir, "pulumi", ".pulumi", "stacks", "istio-tracing");
        mkdirSync(stacks, { recursive: true });
        writeFileSync(join(stacks, "ci.json"), "{}");
        assert.equal(choiceForStack(stateDir, "ci", true), "real");
        assert.equal(choiceForStack(stateDir, "dev", true), "auto");
        assert.equal(choiceForStack(stateDir, "ci", false), "auto");
        process.env["LAB_PULUMI"] = "embedded";
        assert.equal(choiceForStack(stateDir, "ci", true), "embedded");
        rmSync(stateDir, { recursive: true });
    });

    it("needs the lab where the real one is asked for, for a preview too", async () => {
        const about = { stack: "ci", cluster: undefined, report: () => undefined } as const;
        await assert.rejects(runProgram({ ...about, operation: "preview", pulumi: "real" }), (error) => {
            assert.ok(error instanceof UserError);
            assert.equal(error.exitCode, 2);
            assert.match(error.message, /needs the lab, but it is down\. Next: npm run lab -- up$/);
            return true;
        });
    });

    it("is the embedded engine where that is asked for, whatever is on the PATH", async () => {
        assert.equal(await choosePulumi("embedded", () => undefined), undefined);
    });

    it("is named with the version that the provider really is", () => {
        const versions = { cli: "3.274.1", provider: "v4.0.0-20260115033456-f47bc2d6f199", providerAskedFor: "4.34.2" };
        assert.equal(
            describePulumi({ program: "pulumi", path: [], versions }),
            "Pulumi CLI 3.274.1, Kubernetes provider v4.0.0-20260115033456-f47bc2d6f199, installed as 4.34.2",
        );
    });

    it("has a provider under the version that the npm package asks for, which tells the commit that it is", () => {
        const asked = askedProviderVersion();
        const provider = pulumiParts(asked).find(({ name }) => name === "pulumi-kubernetes");
        const [stamp = ""] = Object.values(provider?.variables ?? {});
        assert.match(stamp, new RegExp(`^${asked.replaceAll(".", "\\.")}\\+\\d{14}\\.[0-9a-f]{12}$`));
    });
});
