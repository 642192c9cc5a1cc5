/** How long each file took when that was last recorded, in seconds. */
export type Seconds = Readonly<Record<string, number>>;

/** What a lab runs, and how it went. */
export interface Lane<Result> {
    /** Runs a file; never fails, since a file that brings its process down is a failed file. */
    run(file: string): Promise<Result>;
    /** Takes the lab down. */
    end(): Promise<void>;
}

export interface QueueOptions<Result> {
    /** Files that may run beside others, in the order in which they begin. */
    together: readonly string[];
    /** Files that run one at a time, when all others have ended. */
    alone: readonly string[];
    lanes: number;
    /** Starts a lane: its lab has this number, from 1. */
    start: (number: number) => Lane<Result>;
    /** Gets each result as its file ends. */
    onResult: (result: Result) => void;
    /** When it is aborted, no further file begins. */
    signal?: AbortSignal;
}

/** The longest first, so that the last files are short and the lanes end at about the same time; then unknown ones. */
export function longestFirst(files: readonly string[], seconds: Seconds): string[] {
    return [...files].sort((left, right) => (seconds[right] ?? 0) - (seconds[left] ?? 0));
}

/**
 * Runs files on several labs side by side: a lane takes the next file as soon as it is free.
 *
 * Lab 1 stays for the files that run alone; the others go as soon as there is nothing left for them.
 */
export async function runQueue<Result>(options: QueueOptions<Result>): Promise<void> {
    const { together, alone, lanes, start, onResult, signal } = options;
    const waiting = [...together];
    const work = async (lane: Lane<Result>, files: string[]): Promise<void> => {
        for (let file = files.shift(); file !== undefined && signal?.aborted !== true; file = files.shift())
            onResult(await lane.run(file));
    };
    const first = start(1);
    const startFurther = async (number: number): Promise<void> => {
        const lane = start(number);
        await work(lane, waiting);
        await lane.end();
    };
    try {
        const running = [work(first, waiting)];
        for (let number = 2; number <= lanes && waiting.length > 0; number++) running.push(startFurther(number));
        await Promise.all(running);
        await work(first, [...alone]);
    } finally {
        await first.end();
    }
}
