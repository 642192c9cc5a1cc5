import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isPlainObject, parseJson } from "../../../shared/values/plainObjects";

/** A subject of a check, such as a file, and the hash of all that its result depends on. */
export type Keys = ReadonlyMap<string, string>;

/**
 * What has passed a check before. Failures are not kept, so that the next run names them again.
 *
 * A damaged or missing record means that nothing has passed.
 */
export class Passes {
    private readonly file: string;

    /** @param root folder of the checkout. Checkouts that share one node_modules have a record each. */
    constructor(check: string, root: string) {
        this.file = join(cacheFolder(root), `${check}.json`);
    }

    /** The subjects that have not passed with this very key. */
    unproved(keys: Keys): string[] {
        const passed = this.read();
        return [...keys].filter(([subject, key]) => passed[subject] !== key).map(([subject]) => subject);
    }

    /** Replaces the record: all of these have passed. */
    record(keys: Keys): void {
        mkdirSync(dirname(this.file), { recursive: true });
        // A run that is killed, or one beside this one, leaves a whole record.
        const draft = `${this.file}.${String(process.pid)}`;
        writeFileSync(draft, JSON.stringify(Object.fromEntries(keys)));
        renameSync(draft, this.file);
    }

    private read(): Record<string, unknown> {
        try {
            const read = parseJson(readFileSync(this.file, "utf8"));
            return isPlainObject(read) ? read : {};
        } catch {
            return {};
        }
    }
}

/** Where the checks of a checkout keep what they know: below node_modules, which git ignores and `npm ci` empties. */
export function cacheFolder(root: string): string {
    const checkout = createHash("sha256").update(root).digest("hex").slice(0, 8);
    return join(root, "node_modules", ".cache", "istio-tracing", "check", checkout);
}
