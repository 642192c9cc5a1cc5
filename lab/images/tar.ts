import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { type Duplex, PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Header, pack, type Pack } from "tar-stream";

/** One member of a tar archive. */
export interface TarEntry {
    /** Path without a leading slash. */
    name: string;
    type: "file" | "directory" | "symlink";
    mode: number;
    uid?: number;
    gid?: number;
    /** For a symbolic link: its target. */
    target?: string;
    /** For a file: its bytes, or its path. */
    content?: Buffer | string | { path: string };
    /** Extended attributes, such as `security.capability`. Only ASCII, because tar-stream writes them as text. */
    attributes?: Record<string, Buffer>;
}

/** Larger than the default, so that hash and compression process fewer chunks. */
const CHUNK_BYTES = 1 << 20;

/**
 * Writes a reproducible tar archive: the same entries always give the same bytes.
 *
 * @param compression transforms the archive on its way to the file; by default, nothing.
 * @returns the SHA-256 of the archive before compression, in hex.
 */
export async function writeTar(
    file: string,
    entries: TarEntry[],
    compression: Duplex = new PassThrough(),
): Promise<string> {
    const archive = pack();
    const hash = createHash("sha256");
    const hashed = async function* (): AsyncGenerator<Buffer> {
        for await (const chunk of archive as AsyncIterable<Buffer>) {
            hash.update(chunk);
            yield chunk;
        }
    };
    await Promise.all([
        pipeline(hashed, compression, fs.createWriteStream(file)),
        addAll(archive, entries).catch((error: unknown) => {
            archive.destroy();
            throw error;
        }),
    ]);
    return hash.digest("hex");
}

async function addAll(archive: Pack, entries: TarEntry[]): Promise<void> {
    for (const entry of entries) {
        const { size, stream } = contentOf(entry);
        // The package has its own streams, which pipeline() accepts, except for their types.
        const member = archive.entry(header(entry, size)) as unknown as NodeJS.WritableStream;
        await pipeline(stream, member);
    }
    archive.finalize();
}

function contentOf({ content = "" }: TarEntry): { size: number; stream: Readable } {
    if (typeof content === "object" && "path" in content) {
        const { size } = fs.statSync(content.path);
        return { size, stream: fs.createReadStream(content.path, { highWaterMark: CHUNK_BYTES }) };
    }
    const data = Buffer.from(content);
    return { size: data.length, stream: Readable.from(data) };
}

function header(entry: TarEntry, size: number): Partial<Header> & { name: string } {
    const { name, type, mode, uid, gid, target, attributes } = entry;
    const extended = Object.entries(attributes ?? {}).map(([key, value]) => {
        if (value.some((byte) => byte > 0x7f)) {
            throw new Error(`${name}: expected ASCII in its attribute ${key}, got ${value.toString("hex")}.`);
        }
        return [`SCHILY.xattr.${key}`, value.toString("latin1")] as const;
    });
    return {
        name: type === "directory" ? `${name}/` : name,
        type,
        mode,
        uid,
        gid,
        size,
        mtime: new Date(0),
        linkname: target,
        ...(extended.length > 0 ? { pax: Object.fromEntries(extended) } : {}),
    };
}
