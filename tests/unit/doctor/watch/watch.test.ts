import assert from "node:assert/strict";
import type { Diagnosis } from "../../../../doctor";
import type { DoctorFinding } from "../../../../doctor/segments";
import { watch, Watcher } from "../../../../doctor/watch";
import type { Change } from "../../../../doctor/watch/sight";
import { CannotLook } from "../../../../shared/cluster/target";
import { UserError } from "../../../../shared/terminal/errors";

function diagnosisWith(...ids: string[]): Diagnosis {
    const findings = ids.map((id) => {
        const severity = id.startsWith("info") ? "info" : id.startsWith("warn") ? "warning" : "error";
        const words = { resource: "r", expected: "e", got: "g", cure: "c" };
        return { id, severity, segment: "export", values: {}, steps: [], commands: [], ...words };
    });
    const healthy = findings.every(({ severity }) => severity !== "error");
    return { healthy, brokenAt: undefined, skipped: [], findings: findings as DoctorFinding[] } as unknown as Diagnosis;
}

const NOT_PROVEN = { ...diagnosisWith(), healthy: false };

const fine = (): Diagnosis => diagnosisWith("info-a");

/** A watch of a mesh that is as each function says, round by round. */
function watcherOf(script: ((whole: boolean) => Diagnosis)[]): { rounds: () => Promise<string[]>; asked: string[] } {
    const asked: string[] = [];
    let round = -1;
    const watcher = new Watcher({
        failOn: "error",
        examine: (whole) => {
            asked.push(`${String(round)}${whole ? " whole" : ""}`);
            return new Promise((resolve) => {
                resolve((script[round] ?? fine)(whole));
            });
        },
    });
    const say = (change: Change | undefined): string => {
        if (change === undefined) return "-";
        const { now, appeared, gone } = change;
        return [now.state, ...appeared.map(({ id }) => `+${id}`), ...gone.map(({ id }) => `-${id}`)].join(" ");
    };
    const rounds = async (): Promise<string[]> => {
        const said: string[] = [];
        for (round = 0; round < script.length; round++) said.push(say(await watcher.round()));
        return said;
    };
    return { rounds, asked };
}

describe("a watch", () => {
    const broken = (): Diagnosis => diagnosisWith("lost");

    it("says how it begins, then nothing until something changes, then what appeared and what is gone", async () => {
        const { rounds } = watcherOf([fine, fine, broken, broken, () => diagnosisWith("lost", "warn-b"), fine]);
        const said = ["healthy", "-", "faulty +lost", "-", "faulty +warn-b", "healthy -lost -warn-b"];
        assert.deepEqual(await rounds(), said);
    });

    it("sends a single probe where nothing changes, and confirms a change with a whole examination", async () => {
        const { rounds, asked } = watcherOf([fine, fine, broken, broken]);
        await rounds();
        assert.deepEqual(asked, ["0 whole", "1", "2", "2 whole", "3"]);
    });

    it("does not speak of a single lost request, and notices the same when it happens again for good", async () => {
        const once = (whole: boolean): Diagnosis => (whole ? fine() : broken());
        const { rounds } = watcherOf([fine, once, fine, once, broken]);
        assert.deepEqual(await rounds(), ["healthy", "-", "-", "-", "faulty +lost"]);
    });

    it("keeps a fault that a single probe cannot show, and looks for it again after ten rounds", async () => {
        const hidden = (whole: boolean): Diagnosis => (whole ? diagnosisWith("sampling") : fine());
        const { rounds, asked } = watcherOf([hidden, ...Array.from({ length: 11 }, () => hidden), fine]);
        const said = await rounds();
        assert.deepEqual([...new Set(said.slice(0, 12))], ["faulty +sampling", "-"]);
        assert.deepEqual(
            asked.filter((one) => one.endsWith("whole")),
            ["0 whole", "1 whole", "11 whole"],
        );
    });

    it("ends with the error of its first examination, and takes later ones for a state that is not proven", async () => {
        const fail = (): Diagnosis => {
            throw new UserError("no pod to send from", 2);
        };
        await assert.rejects(watcherOf([fail]).rounds(), /no pod to send from/);
        const gone = (): Diagnosis => {
            throw new CannotLook({ id: "x", resource: "r", expected: "e", got: "no answer", cure: "c" });
        };
        const { rounds } = watcherOf([fine, gone, fail, fine]);
        assert.deepEqual(await rounds(), ["healthy", "unproven", "-", "healthy"]);
    });

    it("does not call it healthy when the probes cannot be followed", async () => {
        const { rounds } = watcherOf([fine, () => NOT_PROVEN, () => NOT_PROVEN, fine]);
        assert.deepEqual(await rounds(), ["healthy", "unproven", "-", "healthy"]);
    });

    it("shows a bug of its own instead of hiding it", async () => {
        const bug = (): Diagnosis => {
            throw new TypeError("undefined is not a function");
        };
        await assert.rejects(watcherOf([fine, bug]).rounds(), TypeError);
    });

    it("ends within a round when it is told to, with what it has said", async () => {
        const ended = new AbortController();
        const said: string[] = [];
        let begun = 0;
        const never = new Promise<Diagnosis>(() => undefined);
        const options = {
            ...{ intervalSeconds: 0, failOn: "error" as const, signal: ended.signal },
            examine: () => (begun++ === 0 ? Promise.resolve(broken()) : never),
            onRound: () => {
                setTimeout(() => {
                    ended.abort();
                }, 1200);
            },
        };
        for await (const { now } of watch(options)) said.push(`${now.state} ${String(now.exitCode)}`);
        assert.deepEqual(said, ["faulty 1"]);
        assert.equal(begun, 2);
    });
});
