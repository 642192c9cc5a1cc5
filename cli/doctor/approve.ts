import { createInterface } from "node:readline/promises";
import { printable } from "../../checks/printable";
import type { Approve, RequestPlan } from "../../doctor";
import { UserError } from "../../shared/terminal/errors";

/** What a user has said about the requests before they are sent. */
export interface Consent {
    /** `--yes`. */
    yes: boolean;
    /** True when `--from` and `--to` name the whole path. */
    named: boolean;
    /** True for the lab of this checkout, which nobody else uses. */
    lab: boolean;
}

/** Asks a person, and answers what was typed; undefined where there is no terminal. */
export type Ask = ((question: string) => Promise<string>) | undefined;

/** Requests may change something, whatever they ask for: to a path that the doctor has found itself a person says yes. */
export function approver({ yes, named, lab }: Consent, ask: Ask): Approve {
    return async (plan) => {
        if (yes || named || lab || plan.demo) return;
        const what = describePlan(plan);
        if (ask === undefined) {
            throw new UserError(
                `expected --yes, or the path by --from and --to, before anything is sent, got neither. The doctor would send ${what}. ` +
                    "Next: repeat the command with --yes, or name another path.",
                2,
            );
        }
        const answer = await ask(`The doctor would send ${what}. Send them? [y/N] `);
        if (/^y(es)?$/i.test(answer.trim())) return;
        throw new UserError(
            "nothing was sent. Next: name another path with --from deploy/NAME -n NAMESPACE --to URL.",
            2,
        );
    };
}

function describePlan({ source, target, url, requests }: RequestPlan): string {
    return printable(
        `up to ${String(requests)} GET requests from ${source} to ${url} (${target}, path ${new URL(url).pathname})`,
    );
}

/** A stream that may belong to a terminal. */
type Terminal<Stream> = Stream & { isTTY?: boolean };

/** The terminal of whoever called; undefined where nobody could answer. */
export function terminalOf(input: Terminal<NodeJS.ReadableStream>, output: Terminal<NodeJS.WritableStream>): Ask {
    if (input.isTTY !== true || output.isTTY !== true) return undefined;
    return async (question) => {
        const terminal = createInterface({ input, output });
        try {
            // Whoever ends the input has not said yes.
            return await Promise.race([
                terminal.question(question),
                new Promise<string>((resolve) => {
                    terminal.once("close", () => {
                        resolve("");
                    });
                }),
            ]);
        } finally {
            terminal.close();
        }
    };
}
