import { UserError } from "../../shared/terminal/errors";
import type { Access } from "./access";

/** The time that a run has. */
export interface Deadline {
    /** Rejects once the time is up; never resolves. */
    expired: Promise<never>;
    isExpired: () => boolean;
    /** Lets a task take its time, such as a question to a person. */
    outside: <T>(task: () => Promise<T>) => Promise<T>;
    clear: () => void;
}

/** Starts the time of a run. */
export function startDeadline(seconds: number): Deadline {
    let left = seconds * 1000;
    let over = false;
    let began = 0;
    let timer: NodeJS.Timeout | undefined;
    let reject: (error: Error) => void = () => undefined;
    const expired = new Promise<never>((_, fail) => {
        reject = fail;
    });
    // Whoever waits for it hears of it; nobody else has to.
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

/** The same access, whose questions end when the time is up; what was made can be removed all the same. */
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
        `expected the doctor to end within ${String(seconds)} s, got no end. Next: allow more with --timeout SECONDS, ` +
            "send fewer requests with --requests NUMBER, or see whether the cluster answers: kubectl get pods -A",
        2,
    );
}
