import { UserError } from "../../shared/terminal/errors";
import { callerPath } from "../../shared/terminal/callerPath";
import { readFileSync, statSync } from "node:fs";

const MOST_MIB = 16;

/** The name of standard input on the command line. */
export const STDIN = "-";

/**
 * The text of a file.
 *
 * @param file its name; `-` is standard input.
 * @throws UserError, which says why it cannot be read, without the file's name.
 */
export function readText(file: string): string {
    return decodeText(file === STDIN ? readFileSync(0) : readBytes(callerPath(file)));
}

function readBytes(file: string): Buffer {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) throw new UserError("expected an existing file, got no such file");
    if (stat.isDirectory()) throw new UserError("expected a file, got a folder");
    if (stat.size > MOST_MIB * 2 ** 20) throw tooLarge(stat.size);
    try {
        return readFileSync(file);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "unknown";
        throw new UserError(`expected a readable file, got ${code}`);
    }
}

/**
 * Bytes as text for YAML.
 *
 * @throws UserError for an encoding other than UTF-8, and for control characters.
 */
export function decodeText(bytes: Buffer): string {
    if (bytes.length > MOST_MIB * 2 ** 20) throw tooLarge(bytes.length);
    if (isUtf16(bytes)) {
        throw new UserError(
            "expected text in UTF-8, got UTF-16, which > in Windows PowerShell writes; use | Out-File -Encoding utf8 instead",
        );
    }
    let text: string;
    try {
        text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        throw new UserError("expected text in UTF-8, got invalid bytes; save the file as UTF-8");
    }
    const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text);
    if (control === null) return text;
    const code = control[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    const line = text.slice(0, control.index).split("\n").length;
    throw new UserError(`expected text, got the control character U+${code} in line ${String(line)}; remove it`);
}

/** Detects UTF-16 by its byte order mark, otherwise by a first character with a zero byte, as in every manifest. */
function isUtf16(bytes: Buffer): boolean {
    const [first, second] = bytes;
    if (first === undefined || second === undefined) return false;
    const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
    return marked || (first === 0) !== (second === 0);
}

function tooLarge(bytes: number): UserError {
    const size = (bytes / 2 ** 20).toFixed(1);
    return new UserError(`expected at most ${String(MOST_MIB)} MiB, got ${size} MiB; split it and check the parts`);
}
