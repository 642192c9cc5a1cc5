import { UserError } from "../../shared/terminal/errors";
import { callerPath } from "../../shared/terminal/callerPath";
import { readFileSync, statSync } from "node:fs";

const MOST_MIB = 16;

/** The name by which the standard input is given. */
export const STDIN = "-";

/**
 * The text of a file.
 *
 * @param file its name; `-` is the standard input.
 * @throws UserError which says why it cannot be read, without the file's name.
 */
export function readText(file: string): string {
    return decodeText(file === STDIN ? readFileSync(0) : readBytes(callerPath(file)));
}

function readBytes(file: string): Buffer {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) throw new UserError("expected a file, got none of that name");
    if (stat.isDirectory()) throw new UserError("expected a file, got a folder");
    if (stat.size > MOST_MIB * 2 ** 20) throw tooLarge(stat.size);
    try {
        return readFileSync(file);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "unknown";
        throw new UserError(`expected a file that can be read, got ${code}`);
    }
}

/**
 * Bytes as the text that YAML takes.
 *
 * @throws UserError for another encoding than UTF-8, and for control characters.
 */
export function decodeText(bytes: Buffer): string {
    if (bytes.length > MOST_MIB * 2 ** 20) throw tooLarge(bytes.length);
    if (isUtf16(bytes)) {
        throw new UserError(
            "expected text in UTF-8, got UTF-16, as > of Windows PowerShell writes it; write it by | Out-File -Encoding utf8",
        );
    }
    let text: string;
    try {
        text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        throw new UserError("expected text in UTF-8, got bytes that are none; save the file as UTF-8");
    }
    const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text);
    if (control === null) return text;
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    const line = text.slice(0, control.index).split("\n").length;
    throw new UserError(`expected text, got the control character U+${code} in line ${String(line)}; remove it`);
}

/** By its mark, else by a first character whose other byte is zero, as every manifest's would be. */
function isUtf16(bytes: Buffer): boolean {
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return false;
    const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
    return marked || (first === 0) !== (second === 0);
}

function tooLarge(bytes: number): UserError {
    const size = (bytes / 2 ** 20).toFixed(1);
    return new UserError(`expected at most ${String(MOST_MIB)} MiB, got ${size} MiB; judge it in parts`);
}
