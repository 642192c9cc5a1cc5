import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import type { Resource, StepKind } from "./types";
import { isPlainObject } from "../../shared/values/plainObjects";
import { mapValue, SECRET, SIGNATURE } from "./values";

interface Stored {
    version: number;
    project: string;
    stack: string;
    resources: Resource[];
    /** Operations with a start (an ISO time) but without a recorded end. */
    pending: { step: StepKind; resource: Resource; since: string }[];
}

const version = 1;

/**
 * The state of one stack: a JSON file with mode 0600, in which every secret is encrypted with the key in a second file.
 */
export class StateFile {
    public readonly state: Stored;
    private readonly file: string;
    private writing: Promise<void> | undefined;
    private queued: Promise<void> | undefined;

    /** Reads the file; a missing one is an empty stack. */
    constructor(file: string, project: string, stack: string) {
        this.file = file;
        this.state = { version, project, stack, resources: [], pending: [] };
        if (!fs.existsSync(file)) return;
        this.state = this.decrypt(this.parse(fs.readFileSync(file, "utf8")));
        if (this.state.project === project && this.state.stack === stack) return;
        const owner = `stack ${this.state.stack} of project ${this.state.project}`;
        throw new UserError(
            `${file} is the state of ${owner}: expected stack ${stack} of ${project}. Use another file.`,
        );
    }

    /** Saves a copy of a valid state before anything changes. */
    backup(): void {
        if (fs.existsSync(this.file)) fs.copyFileSync(this.file, `${this.file}.bak`);
    }

    /** Resolves when the current state is on disk. Simultaneous callers share a write. */
    async save(): Promise<void> {
        this.queued ??= (async () => {
            await this.writing;
            this.writing = this.queued;
            this.queued = undefined;
            await this.write();
        })();
        await this.queued;
    }

    private async write(): Promise<void> {
        const text = JSON.stringify(this.encrypt(this.state), undefined, 1);
        const folder = dirname(this.file);
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        const fresh = await open(`${this.file}.new`, "w", 0o600);
        try {
            await fresh.writeFile(`${text}\n`);
            await fresh.sync();
        } finally {
            await fresh.close();
        }
        await rename(`${this.file}.new`, this.file);
        const handle = await open(folder);
        try {
            await handle.sync();
        } finally {
            await handle.close();
        }
    }

    private parse(text: string): Stored {
        let fault = text.trim() === "" ? "it is empty" : `it is not a state of version ${version}`;
        try {
            const stored = JSON.parse(text || "{}") as Stored;
            if (stored.version === version && Array.isArray(stored.resources)) return stored;
        } catch (error) {
            fault = (error as Error).message;
        }
        const way = fs.existsSync(`${this.file}.bak`)
            ? `The copy from before the last run is ${this.file}.bak. Replace the file with it, then refresh.`
            : "There is no copy. Restore one, or remove the file and everything that the stack created.";
        throw new UserError(`The state ${this.file} is damaged (${fault}). Nothing was changed. ${way}`);
    }

    private key(): Buffer {
        const file = `${this.file}.key`;
        fs.mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(32), { mode: 0o600, flag: "wx" });
        return fs.readFileSync(file);
    }

    private encrypt(state: Stored): unknown {
        return mapValue(state, (part) => {
            if (!isPlainObject(part) || part[SIGNATURE] !== SECRET) return undefined;
            const iv = randomBytes(12);
            const cipher = createCipheriv("aes-256-gcm", this.key(), iv);
            const text = Buffer.concat([cipher.update(JSON.stringify(part["value"] ?? null)), cipher.final()]);
            return { [SIGNATURE]: SECRET, sealed: Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64") };
        });
    }

    private decrypt(state: Stored): Stored {
        return mapValue(state, (part) => {
            if (!isPlainObject(part) || typeof part["sealed"] !== "string") return undefined;
            const bytes = Buffer.from(part["sealed"], "base64");
            const cipher = createDecipheriv("aes-256-gcm", this.key(), bytes.subarray(0, 12));
            try {
                const text = cipher.setAuthTag(bytes.subarray(12, 28)).update(bytes.subarray(28)).toString();
                cipher.final();
                return { [SIGNATURE]: SECRET, value: JSON.parse(text) as unknown };
            } catch {
                throw new UserError(
                    `The .key file of ${this.file} does not decrypt its secrets. Restore the original key file.`,
                );
            }
        }) as Stored;
    }
}
