import { UserError } from "../../shared/terminal/errors";
import { nextSteps } from "../nextSteps";
import type { Access } from "./access";

/** The time limit of a run. */
export interface Deadline {
    /** Rejects when the time is up; never resolves. */
    expired: Promise<never>;
    isExpired: () => boolean;
    /** Excludes the time of a task, such as a question to a person. */
    outside: <T>(task: () => Promise<T>) => Promise<T>;
    clear: () => void;
}

/** Starts the time limit of a run. */
export function startDeadline(seconds: number): Deadline {
    let left = seconds * 1000;
    let over = false;
    let began = 0;
    let timer: NodeJS.Timeout | undefined;
    let reject: (error: Error) => void = () => undefined;
    const expired = new Promise<never>((_, fail) => {
        reject = fail;
    });
    // Prevents an unhandled rejection if nothing waits for it.
    expired.catch(() => undefined);
    const run = (): void => {
        began = performance.now();
        timer = setTimeout(() => {
            over = true;
            reject(tooLate(seconds));
        }, left);
    };
    run();
    return {
        expired,
        isExpired: () => over,
        outside: async (task) => {
            clearTimeout(timer);
            left -= performance.now() - began;
            try {
                return await task();
            } finally {
                run();
            }
        },
        clear: () => {
            clearTimeout(timer);
        },
    };
}

/** The same access, whose requests end when the time is up. Objects that were created can still be deleted. */
export function withDeadline(access: Access, { expired }: Deadline): Access {
    const inTime = <T>(answer: Promise<T>): Promise<T> => Promise.race([answer, expired]);
    return {
        ...access,
        get: <T>(path: string, accept?: string) => inTime(access.get<T>(path, accept)),
        text: (...call) => inTime(access.text(...call)),
        exec: (...call) => inTime(access.exec(...call)),
        forward: (...call) => inTime(access.forward(...call)),
    };
}

function tooLate(seconds: number): UserError {
    return new UserError(
        `expected the doctor to end within ${String(seconds)} s, but it did not. Next: ${nextSteps().moreTime}, ` +
            "or check whether the cluster answers: kubectl get pods -A",
        2,
    );
}
