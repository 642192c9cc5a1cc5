import { createInterface } from "node:readline/promises";
import { printable } from "../../checks/printable";
import type { Approve, RequestPlan } from "../../doctor";
import { UserError } from "../../shared/terminal/errors";

/** The user's consent to the requests before they are sent. */
export interface Consent {
    /** `--yes`. */
    yes: boolean;
    /** True if `--from` and `--to` name the whole path. */
    named: boolean;
    /** True for the lab of this checkout, which has no other users. */
    lab: boolean;
}

/** Prompts the user and returns the answer; undefined without a terminal. */
export type Ask = ((question: string) => Promise<string>) | undefined;

/** Any request may change something, so the user confirms a path that the doctor found by itself. */
export function approver({ yes, named, lab }: Consent, ask: Ask): Approve {
    return async (plan) => {
        if (yes || named || lab || plan.demo) return;
        const what = describePlan(plan);
        if (ask === undefined) {
            throw new UserError(
                `expected --yes, or a path in --from and --to, before anything is sent, got neither. The doctor would send ${what}. ` +
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

/** A stream that can be a terminal. */
type Terminal<Stream> = Stream & { isTTY?: boolean };

/** The user's terminal; undefined without one. */
export function terminalOf(input: Terminal<NodeJS.ReadableStream>, output: Terminal<NodeJS.WritableStream>): Ask {
    if (input.isTTY !== true || output.isTTY !== true) return undefined;
    return async (question) => {
        const terminal = createInterface({ input, output });
        try {
            // The end of the input is not a yes.
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
