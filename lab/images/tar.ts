import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** One member of a tar archive. */
export interface TarEntry {
    /** Path without a leading slash. */
    name: string;
    type: "file" | "directory" | "symlink";
    mode: number;
    uid?: number;
    gid?: number;
    /** Of a symlink. */
    target?: string;
    /** Of a file: its bytes, or where they are. */
    content?: Buffer | string | { path: string };
    /** Extended attributes, such as `security.capability`. */
    attributes?: Record<string, Buffer>;
}

const BLOCK = 512;
const CHUNK = 1 << 20;
const TYPES = { file: "0", symlink: "2", directory: "5" };

/** Writes reproducible tar archives: the same entries give the same bytes, whenever and by whomever they are written. */
export class TarWriter {
    private readonly fd: number;
    private readonly hash = createHash("sha256");

    constructor(file: string) {
        this.fd = fs.openSync(file, "w");
    }

    add(entry: TarEntry): void {
        const name = entry.type === "directory" ? `${entry.name}/` : entry.name;
        const target = entry.target ?? "";
        const records = Object.entries(entry.attributes ?? {}).map(([key, value]) =>
            paxRecord(`SCHILY.xattr.${key}`, value),
        );
        if (Buffer.byteLength(name) > 100) {
            records.push(paxRecord("path", Buffer.from(name)));
        }
        if (Buffer.byteLength(target) > 100) {
            records.push(paxRecord("linkpath", Buffer.from(target)));
        }
        if (records.length > 0) {
            const pax = Buffer.concat(records);
            this.write(
                header({ name: `PaxHeaders/${path.posix.basename(name)}`, type: "x", mode: 0o644, size: pax.length }),
            );
            this.padded(pax);
        }
        const content =
            typeof entry.content === "string" ? Buffer.from(entry.content) : (entry.content ?? Buffer.alloc(0));
        const size = Buffer.isBuffer(content) ? content.length : fs.statSync(content.path).size;
        this.write(header({ ...entry, name, target, type: TYPES[entry.type], size }));
        if (Buffer.isBuffer(content)) {
            this.padded(content);
        } else {
            this.copy(content.path, size);
        }
    }

    /** Ends the archive and returns its SHA-256, in hex. */
    finish(): string {
        this.write(Buffer.alloc(2 * BLOCK));
        fs.closeSync(this.fd);
        return this.hash.digest("hex");
    }

    private copy(file: string, size: number): void {
        const source = fs.openSync(file, "r");
        const chunk = Buffer.allocUnsafe(CHUNK);
        for (let left = size; left > 0;) {
            const read = fs.readSync(source, chunk, 0, Math.min(CHUNK, left), null);
            if (read === 0) {
                throw new Error(`${file} became shorter while it was read.`);
            }
            this.write(chunk.subarray(0, read));
            left -= read;
        }
        fs.closeSync(source);
        this.pad(size);
    }

    private padded(data: Buffer): void {
        this.write(data);
        this.pad(data.length);
    }

    private pad(size: number): void {
        const over = size % BLOCK;
        if (over > 0) {
            this.write(Buffer.alloc(BLOCK - over));
        }
    }

    private write(data: Buffer): void {
        this.hash.update(data);
        for (let at = 0; at < data.length;) {
            at += fs.writeSync(this.fd, data, at);
        }
    }
}

interface Header {
    name: string;
    type: string;
    mode: number;
    size: number;
    uid?: number;
    gid?: number;
    target?: string;
}

/** A ustar header. Names that do not fit are cut here: the pax record before it holds them whole. */
function header({ name, type, mode, size, uid = 0, gid = 0, target = "" }: Header): Buffer {
    const block = Buffer.alloc(BLOCK);
    const octal = (value: number, offset: number, width: number): void => {
        block.write(value.toString(8).padStart(width - 1, "0"), offset, width - 1, "latin1");
    };
    block.write(name, 0, 100);
    octal(mode, 100, 8);
    octal(uid, 108, 8);
    octal(gid, 116, 8);
    octal(size, 124, 12);
    octal(0, 136, 12);
    block.fill(" ", 148, 156);
    block.write(type, 156);
    block.write(target, 157, 100);
    block.write("ustar\u000000", 257, "latin1");
    octal(
        block.reduce((sum, byte) => sum + byte, 0),
        148,
        7,
    );
    block[154] = 0;
    return block;
}

/** `LENGTH KEY=VALUE\n`, where LENGTH counts itself. */
function paxRecord(key: string, value: Buffer): Buffer {
    const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
    let length = rest.length + 1;
    while (String(length).length + rest.length !== length) {
        length = String(length).length + rest.length;
    }
    return Buffer.concat([Buffer.from(String(length)), rest]);
}
