import pc from "picocolors";
import { printable } from "../../checks/printable";
import { runDoctor, type Approve, type DoctorOptions } from "../../doctor";
import type { FailOn } from "../../doctor/report/verdict";
import { watch } from "../../doctor/watch";
import type { Change, SeenFinding } from "../../doctor/watch/sight";
import { UserError } from "../../shared/terminal/errors";

/** Seconds between two probes. */
const INTERVAL = 60;

const STATES = {
    healthy: pc.green("healthy"),
    faulty: pc.red("not healthy"),
    unproven: pc.yellow("not proven"),
};

/** Watches a mesh until Ctrl-C or SIGTERM. Returns the exit code of the last state; 2 if there is none yet. */
export async function watchMesh(
    options: DoctorOptions,
    { failOn, json, intervalSeconds = INTERVAL }: { failOn: FailOn; json: boolean; intervalSeconds?: number },
): Promise<number> {
    const ended = new AbortController();
    const end = (): void => {
        // A second signal ends the process at once.
        for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
        ended.abort();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
    const approve = askOnce(options.approve);
    let quiet = false;
    const say = (line: string): void => {
        if (!quiet) options.say?.(line);
    };
    const examine = (whole: boolean) =>
        runDoctor({ ...options, approve, say, ...(!whole && { requests: 1, probes: 1 }) });
    const status = statusLine(process.stdout.isTTY && process.stderr.isTTY);
    let exitCode = 2;
    const onRound = (rounds: number): void => {
        quiet = true;
        const next = new Date(Date.now() + intervalSeconds * 1000).toISOString().slice(11, 19);
        status.show(`${String(rounds)} examined; the next probe is due before ${next}, Ctrl-C ends the watch`);
    };
    try {
        for await (const change of watch({ examine, intervalSeconds, failOn, signal: ended.signal, onRound })) {
            status.clear();
            console.log(json ? toJson(change) : toLines(change).join("\n"));
            ({ exitCode } = change.now);
        }
        return exitCode;
    } finally {
        status.clear();
        end();
    }
}

/** A change as lines for people: why nothing is proven, what appeared, and what is gone. */
export function toLines({ timeMs, now, appeared, gone }: Change): string[] {
    const time = pc.dim(`${new Date(timeMs).toISOString().slice(0, 19)}Z`);
    const details = [
        ...appeared.map((finding) => `+ ${describe(finding)}`),
        ...gone.map(({ severity, id, resource }) => `- ${severity} ${id}: ${resource}`),
    ];
    const lines = details.length === 0 || now.state === "unproven" ? [now.sentence, ...details] : details;
    return lines.map((line) => `${time} ${STATES[now.state]}: ${printable(line)}`);
}

function toJson({ timeMs, now, appeared, gone }: Change): string {
    const { state, sentence, findings } = now;
    const ids = (list: SeenFinding[]) => list.map(({ id, severity, resource }) => ({ id, severity, resource }));
    return JSON.stringify({
        ...{ time: new Date(timeMs).toISOString(), state, sentence, appeared: ids(appeared), gone: ids(gone) },
        findings: findings.map(({ id, severity, segment, resource, expected, got, cure }) => ({
            ...{ id, severity, segment, resource, expected, got, cure },
        })),
    });
}

function describe({ severity, id, segment, resource, expected, got }: SeenFinding): string {
    return `${severity} ${id} in ${segment}: ${resource}: expected ${expected}, got ${got}`;
}

/** The user confirms a path once; a watch must not stop for a question, nor send along another path. */
function askOnce(approve: Approve | undefined): Approve {
    let approved: string | undefined;
    return async (plan) => {
        const path = `${plan.url} (${plan.target})`;
        if (approved === path) return;
        if (approved !== undefined) {
            throw new UserError(
                `expected the path to ${approved}, with which the watch began, got ${path}. Next: name the path with --from, -n and --to`,
                2,
            );
        }
        await approve?.(plan);
        approved = path;
    };
}

/** A line at the bottom of a terminal that is replaced; nothing without a terminal. */
function statusLine(isTerminal: boolean): { show: (text: string) => void; clear: () => void } {
    if (!isTerminal) return { show: () => undefined, clear: () => undefined };
    const clear = (): void => void process.stderr.write("\r\x1b[2K");
    return {
        clear,
        show: (text) => {
            clear();
            process.stderr.write(pc.dim(text));
        },
    };
}
