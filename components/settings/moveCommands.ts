import { isSecretName, isSecretText } from "../../checks/telemetry/secretHeaders";
import { quote } from "../../shared/values/quote";
import { redact } from "../../shared/values/redact";
import { isPlainObject } from "../../shared/values/plainObjects";
import { PROJECT } from "../../shared/names/project";

/** As many commands as somebody likes to read for one object; beyond that it is set as a whole. */
const MOST_PARTS = 8;

/** A value that is to be at another place of the configuration. */
export interface Move {
    /** Key under which it stands. */
    from: string;
    /** Path at which it belongs. */
    to: string;
    value: unknown;
    /** True for a value that no message shows: the commands let the CLI read it. */
    isHidden: boolean;
    /** @default the stack that is selected */
    stack: string | undefined;
}

/** A part of a value: a single value, or an object or list without anything in it. */
interface Part {
    path: (string | number)[];
    value: unknown;
}

/** The commands that set the value at its new place and remove it from its former one. */
export function moveCommands(move: Move): string[] {
    return [...setCommands(move), removeCommand(move.from, move.stack)];
}

/** The command that removes a key. */
export function removeCommand(key: string, stack: string | undefined): string {
    return `pulumi config rm ${quote(full(key))}${select(stack)}`;
}

/** True for a value of which a part is a secret by its name, or by its form. */
export function holdsSecret(value: unknown, path: string): boolean {
    return partsOf(value, path.split(".")).some(isSecret);
}

function setCommands(move: Move): string[] {
    const parts = partsOf(move.value, []);
    const isWhole = parts.length > MOST_PARTS || parts.some(({ value }) => value === null || typeof value === "object");
    if (!isWhole) return parts.map((part) => setPart(move, part));
    if (move.isHidden || parts.some(isSecret)) return [setPart(move, { path: [], value: "" }, true)];
    const entry = { value: JSON.stringify(move.value), objectValue: move.value };
    return [`pulumi config set-all --json ${quote(JSON.stringify({ [full(move.to)]: entry }))}${select(move.stack)}`];
}

function setPart({ from, to, isHidden, stack }: Move, part: Part, isSecretWhole = false): string {
    const target = quote(full(to) + propertyPath(part.path));
    if (isHidden || isSecretWhole || isSecret(part)) {
        const [flag, source] =
            part.path.length === 0 ? ["", full(from)] : ["--path ", full(from) + propertyPath(part.path)];
        // What it prints may start with a hyphen, as certificates do.
        return `pulumi config set --path${select(stack)} -- ${target} "$(pulumi config get ${flag}${quote(source)}${select(stack)})"`;
    }
    const text = String(part.value);
    const type = part.path.length === 0 ? "" : typeFlag(part.value);
    return text.startsWith("-")
        ? `pulumi config set --path${type}${select(stack)} -- ${target} ${quote(text)}`
        : `pulumi config set --path${type} ${target} ${quote(text)}${select(stack)}`;
}

/** The CLI makes numbers and truth values of texts that look like them, and texts of numbers with decimals. */
function typeFlag(value: unknown): string {
    if (typeof value === "string") return /^(true|false|-?\d+)$/.test(value) ? " --type string" : "";
    return typeof value === "number" && !Number.isInteger(value) ? " --type float" : "";
}

function isSecret({ path, value }: Part): boolean {
    if (typeof value !== "string") return false;
    const named = path.some((name) => typeof name === "string" && isSecretName(name));
    return named || isSecretText(value) || redact(value) !== value;
}

function partsOf(value: unknown, path: Part["path"]): Part[] {
    if (Array.isArray(value) && value.length > 0) {
        return value.flatMap((part: unknown, index) => partsOf(part, [...path, index]));
    }
    if (isPlainObject(value) && Object.keys(value).length > 0) {
        return Object.entries(value).flatMap(([name, part]) => partsOf(part, [...path, name]));
    }
    return [{ path, value }];
}

function propertyPath(path: Part["path"]): string {
    return path
        .map((name) =>
            typeof name === "number"
                ? `[${String(name)}]`
                : /^[A-Za-z0-9_-]+$/.test(name)
                  ? `.${name}`
                  : `[${JSON.stringify(name)}]`,
        )
        .join("");
}

function full(key: string): string {
    return `${PROJECT}:${key}`;
}

function select(stack: string | undefined): string {
    return stack === undefined ? "" : ` -s ${stack}`;
}
