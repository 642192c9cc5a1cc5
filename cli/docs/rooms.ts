import { readFileSync } from "node:fs";
import { join } from "node:path";
import { code, pretty, table } from "../../shared/markdown/markdown";
import { ROOMS, SETS } from "../check/rooms";

const CONTRIBUTING = join(__dirname, "..", "..", "CONTRIBUTING.md");
const BEGIN = "<!-- rooms: written by `npm run docs` -->";
const END = "<!-- end of rooms -->";

/** CONTRIBUTING.md with the current list of rooms. */
export async function renderContributing(): Promise<string> {
    const [before, rest] = readFileSync(CONTRIBUTING, "utf8").split(BEGIN);
    const after = rest?.split(END)[1];
    if (before === undefined || after === undefined)
        throw new Error(
            `expected ${BEGIN} and ${END} in CONTRIBUTING.md, got at most one of them. Restore both lines.`,
        );
    const rooms = await pretty(renderRooms());
    return `${before}${BEGIN}\n\n${rooms.trim()}\n\n${END}${after}`;
}

function renderRooms(): string {
    const rows = ROOMS.map(({ name, holds, mayImport = [], packages = [] }) => [
        nameOf(name),
        holds,
        mayImport === "everything" ? "everything" : mayImport.map(nameOf).join(", "),
        packages === "all" ? "any" : packages.map(code).join(", "),
    ]);
    const sets = Object.entries(SETS).map(([name, rooms]) => `- _${name}_: ${rooms.map(nameOf).join(", ")}`);
    return `${table(["room", "holds", "may import", "packages"], rows)}\n\n${sets.join("\n")}`;
}

/** Shows sets in italics, paths as code, and other rooms as plain text. */
function nameOf(name: string): string {
    if (name in SETS) return `_${name}_`;
    return /[ ,]/.test(name) ? name : code(name);
}
