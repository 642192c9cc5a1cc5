import { spawn } from "node:child_process";
import { dirname, join } from "node:path";

export const PROJECT_DIR = dirname(dirname(__dirname));

/** The result of one of the project's tools. */
export interface ToolResult {
    code: number;
    /** All that it says, on both streams. */
    output: string;
}

/** How a tool is run. */
export interface ToolOptions {
    /** @default the project */
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    /** Gets each line as it comes. */
    onLine?: (line: string) => void;
}

/**
 * Runs a script of an npm package with the same Node.js.
 *
 * @param script path below node_modules, such as `mocha/bin/mocha.js`.
 */
export function runTool(
    script: string,
    args: string[],
    { cwd = PROJECT_DIR, env = process.env, onLine }: ToolOptions = {},
): Promise<ToolResult> {
    const child = spawn(process.execPath, [join(PROJECT_DIR, "node_modules", script), ...args], {
        cwd,
        // Output for a program, or for later, has no colors.
        env: { ...env, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let rest = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            output += text;
            const lines = `${rest}${text}`.split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines) onLine?.(line);
        });
    }
    return new Promise((resolve, reject) => {
        child.on("error", reject).on("close", (code) => {
            if (rest !== "") onLine?.(rest);
            resolve({ code: code ?? 1, output });
        });
    });
}
