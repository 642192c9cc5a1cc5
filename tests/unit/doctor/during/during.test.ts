import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Access } from "../../../../doctor/connection/access";
import { observeChange as observeInTime, type DuringOptions } from "../../../../doctor/during";
import {
    findOutages,
    isCostly,
    isProven,
    type ChangeRequest,
    type DuringReport,
} from "../../../../doctor/during/request";
import { duringJson, formatDuring } from "../../../../doctor/report/during";
import { inVirtualTime } from "../../virtualTime";
import { fakeMesh, type FakeMeshSpec } from "../fakeMesh";

const QUICK = { requests: 100, intervalMs: 20, runSeconds: 30, settleMs: 100, patienceMs: 1000 };
/** Without waiting. */
const observeChange = (access: Access, options: DuringOptions, change: () => Promise<void>): Promise<DuringReport> =>
    inVirtualTime(() => observeInTime(access, options, change));
const COMMAND = { text: "true", exitCode: 0, seconds: 1 };

/** What happens to the n-th request: an answer, an error, a trace that is lost, or an end of the sending container. */
type Fate = "answered" | "503" | "no answer" | "trace lost" | "killed";

/** A mesh in which requests have a fate, by their number from 0. */
function meshOf(fateOf: (request: number) => Fate, spec: Partial<FakeMeshSpec> = {}): Access {
    const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0, ...spec });
    const lost = new Set<string>();
    let requests = 0;
    return {
        ...access,
        get: <T>(path: string, accept?: string) => {
            const traceId = /\/traces\/(\w{32})$/.exec(path)?.[1] ?? "";
            return lost.has(traceId) ? Promise.resolve({ value: { data: [] } as T }) : access.get<T>(path, accept);
        },
        exec: async (where, command, ...limit) => {
            const answer = await access.exec(where, command, ...limit);
            const traceId = /traceparent: 00-(\w{32})/.exec(command.join(" "))?.[1];
            if (traceId === undefined) return answer;
            const fate = fateOf(requests++);
            if (fate !== "answered") lost.add(traceId);
            const [stdout, stderr, code] = {
                answered: ["200\n", "", 0],
                "trace lost": ["200\n", "", 0],
                "503": ["503\n", "", 0],
                "no answer": ["000\n", "curl: (56) Recv failure: Connection reset by peer", 56],
                killed: ["", "", 137],
            }[fate] as [string, string, number];
            return { value: { stdout, stderr, code } };
        },
    };
}

/** The report of a change that lasts for eight requests, however busy the machine is. */
async function observe(fateOf: (request: number) => Fate): Promise<DuringReport> {
    let sent = 0;
    const counted = (request: number): Fate => {
        sent = request + 1;
        return fateOf(request);
    };
    return observeChange(meshOf(counted), QUICK, async () => {
        while (sent < 8) await sleep(20);
    });
}

const TEXT = (report: DuringReport): string => stripVTControlCharacters(formatDuring(COMMAND, report));

describe("the doctor during a command", () => {
    it("says that a change cost nothing it sent, and how short an outage could go unseen", async () => {
        const report = await observe(() => "answered");
        assert.ok(report.requests.length > 5);
        assert.ok(report.requests.every(({ trace }) => trace === "complete"));
        assert.ok(isProven(report) && !isCostly(report));
        assert.match(
            TEXT(report),
            /It cost no request and no span of those that the doctor sent; an outage shorter than 0\.02 s/,
        );
    });

    it("counts the requests that failed, says when, and for how long at most", async () => {
        const report = await observe((request) => (request === 3 ? "503" : request === 4 ? "no answer" : "answered"));
        assert.equal(report.requests.filter(({ outcome }) => outcome === "failed").length, 2);
        assert.equal(report.outages.length, 1);
        assert.ok(isCostly(report));
        const text = TEXT(report);
        assert.match(text, /2 failed/);
        assert.match(text, /failed +2 from \d\d:\d\d:\d\d\.\d{3}Z until .* \(at most 0\.\d s\)/);
        assert.match(text, /HTTP status 503/);
        assert.match(text, /Connection reset by peer/);
    });

    it("counts traces that never arrive, with their IDs", async () => {
        const report = await observe((request) => (request === 2 ? "trace lost" : "answered"));
        const lost = report.requests.filter(({ trace }) => trace === "missing");
        assert.equal(lost.length, 1);
        assert.ok(isCostly(report));
        assert.ok(TEXT(report).includes(`trace ${lost[0]?.traceId ?? ""} was not found`));
    });

    it("counts traces that Jaeger had and has no more, as after a restart of a Jaeger that keeps them in memory", async () => {
        const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0 });
        let restarted = false;
        const forgetful: Access = {
            ...access,
            get: <T>(path: string, accept?: string) =>
                restarted && path.includes("/traces/")
                    ? Promise.resolve({ value: { data: [] } as T })
                    : access.get<T>(path, accept),
        };
        const report = await observeChange(forgetful, QUICK, async () => {
            await sleep(2000);
            restarted = true;
        });
        assert.ok(report.requests.some(({ trace }) => trace === "gone"));
        assert.match(TEXT(report), /was stored and is gone/);
    });

    it("does not blame the mesh for requests that the sending pod could not send", async () => {
        const report = await observe((request) => (request === 2 || request === 3 ? "killed" : "answered"));
        assert.equal(report.requests.filter(({ outcome }) => outcome === "unsent").length, 2);
        assert.ok(!isCostly(report));
        assert.match(TEXT(report), /2 not sent because the sending pod was replaced/);
    });

    it("starts nothing where the path or its traces do not work before the change", async () => {
        const cases: [Fate, RegExp][] = [
            ["503", /got HTTP status 503\. Nothing was started/],
            ["no answer", /got curl: \(56\).*Nothing was started/],
            ["trace lost", /got an answer, but no trace in Jaeger\. Nothing was started\. Next: find the fault/],
        ];
        for (const [fate, sentence] of cases) {
            let started = false;
            const change = (): Promise<void> => {
                started = true;
                return Promise.resolve();
            };
            await assert.rejects(
                observeChange(
                    meshOf(() => fate),
                    QUICK,
                    change,
                ),
                sentence,
            );
            assert.equal(started, false);
        }
    });

    it("sends no more requests than allowed, says so, and still waits for the command", async () => {
        let ended = false;
        const report = await observeChange(
            meshOf(() => "answered"),
            { ...QUICK, requests: 5 },
            async () => {
                await sleep(600);
                ended = true;
            },
        );
        assert.ok(ended);
        assert.equal(report.requests.length, 5);
        assert.match(TEXT(report), /no more requests before the command ended, because 5 requests were sent/);
    });

    it("passes on that the command could not be run, after the requests", async () => {
        const broken = (): Promise<void> => Promise.reject(new Error("no shell"));
        await assert.rejects(
            observeChange(
                meshOf(() => "answered"),
                QUICK,
                broken,
            ),
            /no shell/,
        );
    });

    it("gives the same as JSON, with times that sort", async () => {
        const report = await observe((request) => (request === 3 ? "503" : "answered"));
        const json = JSON.parse(duringJson(COMMAND, report)) as {
            command: object;
            outages: { from: string; failed: number }[];
            requests: { at: string; outcome: string }[];
        };
        assert.deepEqual(json.command, COMMAND);
        assert.equal(json.outages[0]?.failed, 1);
        assert.match(json.requests[0]?.at ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    });
});

describe("an outage", () => {
    const at = (atMs: number, outcome: ChangeRequest["outcome"]): ChangeRequest => ({
        ...{ atMs, outcome, traceId: "", status: 0, reason: "", trace: "unknown", without: [] },
    });

    it("lasts from the first request that failed to the next that was answered, in whatever order they are listed", () => {
        const requests = [at(4, "answered"), at(1, "answered"), at(3, "unsent"), at(2, "failed"), at(5, "failed")];
        assert.deepEqual(findOutages(requests), [
            { fromMs: 2, toMs: 4, failed: 1 },
            { fromMs: 5, toMs: undefined, failed: 1 },
        ]);
    });

    it("is none without requests", () => {
        assert.deepEqual(findOutages([]), []);
    });
});
