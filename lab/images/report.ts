/** Receives one plain progress line. */
export type Report = (line: string) => void;

/** `42 s`, `3 min 5 s`. */
export function duration(seconds: number): string {
    const whole = Math.round(seconds);
    if (whole < 60) {
        return seconds < 10 ? `${seconds.toFixed(1)} s` : `${whole} s`;
    }
    const rest = whole % 60;
    return rest === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${rest} s`;
}

/** Numbers the steps of a run and reports the duration of each. */
export class Steps {
    private done = 0;
    private readonly total: number;
    private readonly report: Report;

    constructor(total: number, report: Report) {
        this.total = total;
        this.report = report;
    }

    /** Runs one step. `say` adds a line to it. */
    async run<T>(what: string, usualSeconds: number, work: (say: Report) => Promise<T>): Promise<T> {
        this.done += 1;
        const say: Report = (line) => {
            this.report(`[${this.done}/${this.total}] ${line}`);
        };
        const usual = usualSeconds >= 5 ? ` (usually ${duration(usualSeconds)} on 2 cores)` : "";
        say(`${what}${usual}`);
        const start = Date.now();
        const result = await work(say);
        say(`done in ${duration((Date.now() - start) / 1000)}`);
        return result;
    }
}
