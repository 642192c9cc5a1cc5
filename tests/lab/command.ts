import { spawn } from "node:child_process";
import { dirname, join } from "node:path";

const ROOT = dirname(dirname(__dirname));

/** Runs a command of the project as a user does, and returns all that it says. */
export async function command(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = spawn("node", [join(ROOT, "cli", "bootstrap.mjs"), ...args], {
        cwd: ROOT,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, output };
}
