import { existsSync, mkdirSync, readFileSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";

/** A step of a run, from the CLI's state file. */
export interface StepSeen {
    at: "begin" | "end";
    /** `creating Namespace demo`. */
    step: string;
}

interface Checkpoint {
    checkpoint?: { latest?: { pending_operations?: { type: string; resource: { urn: string; type: string } }[] } };
}

/**
 * Reports the start and the end of each step on an object, from the state file that the CLI writes before and after it.
 */
export class CheckpointWatch {
    private readonly file: string;
    private readonly tell: (seen: StepSeen) => void;
    private readonly watcher: FSWatcher;
    private pending: string[] = [];
    private last = "";

    constructor(file: string, tell: (seen: StepSeen) => void) {
        this.file = file;
        this.tell = tell;
        mkdirSync(dirname(file), { recursive: true });
        this.pending = this.read() ?? [];
        this.watcher = watch(dirname(file), (_, name) => {
            if (name === basename(file)) this.compare();
        });
    }

    close(): void {
        this.watcher.close();
    }

    private compare(): void {
        const now = this.read();
        if (now === undefined) return;
        const before = this.pending;
        this.pending = now;
        for (const step of before.filter((one) => !now.includes(one))) this.tell({ at: "end", step });
        for (const step of now.filter((one) => !before.includes(one))) this.tell({ at: "begin", step });
    }

    /** Steps that have started; undefined if nothing was written since, or only in part. */
    private read(): string[] | undefined {
        if (!existsSync(this.file)) return undefined;
        const text = readFileSync(this.file, "utf8");
        if (text === this.last) return undefined;
        this.last = text;
        try {
            const operations = (JSON.parse(text) as Checkpoint).checkpoint?.latest?.pending_operations ?? [];
            return operations
                .filter(({ resource }) => resource.type.startsWith("kubernetes:"))
                .map(
                    ({ type, resource }) =>
                        `${type} ${resource.urn.split("::").slice(2).join(" ").split(":").pop() ?? ""}`,
                );
        } catch {
            return undefined;
        }
    }
}
