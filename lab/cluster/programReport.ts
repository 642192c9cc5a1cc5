import type { Report } from "../images";
import { logFile, nodePrograms, readStatus } from "./supervisor";
import type { Ending, ProgramName, ProgramStatus } from "./supervisor";

/** Why a program is not usable now; `undefined` if it is. */
export function whyNotRunning(stateDir: string, program: ProgramName): string | undefined {
    const status = readStatus(stateDir, program);
    if (status === undefined) return `${program} has not been started`;
    const last = status.endings.at(-1);
    const ended = last === undefined ? "" : `; before, it ended ${describeEnding(last)}`;
    switch (status.state) {
        case "running":
            return undefined;
        case "gaveUp":
            return describeGivenUp(stateDir, program, status);
        case "waiting":
            return `${program} waits ${status.waitsFor?.length ? `for ${status.waitsFor.join(", ")}` : "to be started"}${ended}`;
        case "starting":
            return `${program} is starting: ${status.complaint ?? "it has not been checked yet"}${ended}`;
    }
}

/** The programs that ended too often to be restarted, with the reasons; `undefined` if there are none. */
export function givenUp(stateDir: string): string | undefined {
    const reasons = nodePrograms.flatMap((program) => {
        const status = readStatus(stateDir, program);
        return status?.state === "gaveUp" ? [describeGivenUp(stateDir, program, status)] : [];
    });
    return reasons.length === 0 ? undefined : reasons.join("\n");
}

function describeGivenUp(stateDir: string, program: string, { endCount, endings }: ProgramStatus): string {
    const last = endings.at(-1);
    const how = last === undefined ? "" : `, the last time ${describeEnding(last)}`;
    const lines = (last?.logLines ?? []).map((line) => `\n    ${shorten(line)}`).join("");
    const log = logFile({ stateDir }, program);
    return `${program} ended ${endCount} times${how}, and is not started again; see ${log}${lines}`;
}

/** How a run of a program ended, such as `after 0.2 s with exit code 1`. */
export function describeEnding({ ranMilliseconds, exitCode, signal, error }: Ending): string {
    if (error !== undefined) return `before it could run (${error})`;
    const how = signal === undefined ? `with exit code ${exitCode ?? "unknown"}` : `by ${signal}`;
    return `after ${(ranMilliseconds / 1000).toFixed(1)} s ${how}`;
}

/** The restarted programs, each with the last reason; empty if there are none. */
export function describeRestarts(stateDir: string): string[] {
    return nodePrograms.flatMap((program) => {
        const { state, endCount = 0, endings = [] } = readStatus(stateDir, program) ?? {};
        const last = endings.at(-1);
        if (last === undefined || state === "gaveUp") return [];
        const times = endCount === 1 ? "once" : `${endCount} times`;
        return [`${program} was started again ${times}; the last run ended ${describeEnding(last)}${lastLine(last)}`];
    });
}

/** Reports the end of each program shortly after it happens, until the returned function is called. */
export function reportEndings(stateDir: string, report: Report): () => void {
    const said = new Map<ProgramName, number>();
    const look = (): void => {
        for (const program of nodePrograms) {
            const { state, endCount = 0, endings = [] } = readStatus(stateDir, program) ?? {};
            const count = Math.min(endCount - (said.get(program) ?? 0), endings.length);
            said.set(program, endCount);
            for (const [at, ending] of endings.slice(endings.length - count).entries()) {
                const next = state === "gaveUp" && at === count - 1 ? "it is not started again" : "starting it again";
                report(`${program} ended ${describeEnding(ending)}; ${next}${lastLine(ending)}`);
            }
        }
    };
    const timer = setInterval(look, 250);
    return () => {
        clearInterval(timer);
        look();
    };
}

function lastLine({ logLines }: Ending): string {
    const line = logLines.at(-1);
    return line === undefined ? "" : `: ${shorten(line)}`;
}

function shorten(line: string): string {
    return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
