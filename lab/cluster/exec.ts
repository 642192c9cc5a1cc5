import { spawn } from "node:child_process";
import { accessSync, constants as modes, statSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { UserError } from "../../shared/terminal/errors";
import type { Artifacts } from "../images";
import { findHolder } from "./holder";
import { readRecord } from "./record";

/** Exit code of shells for a program that is not there. */
const NO_PROGRAM = 127;

/**
 * Runs a command inside the lab's network, with KUBECONFIG and PATH set; all else is as it is here.
 *
 * Answers the command's exit code; one that a signal ended has 128 and the signal's number, as in a shell.
 */
export async function execInLab(labName: string, command: string[]): Promise<number> {
    const holder = findHolder(labName);
    const cluster = holder && readRecord(holder);
    if (holder === undefined || cluster === undefined) {
        throw new UserError("the lab is not up; bring it up with `npm run lab -- up` and run this again.");
    }
    const env = {
        ...process.env,
        KUBECONFIG: cluster.insideKubeconfig,
        PATH: [...(await programFolders(cluster.artifacts, command[0])), process.env["PATH"] ?? ""].join(delimiter),
    };
    if (!isProgram(command[0] ?? "", env.PATH)) {
        const got = JSON.stringify(command[0] ?? "");
        throw new UserError(`expected a program on the PATH of the lab, kubectl for example, got ${got}.`, NO_PROGRAM);
    }
    const argv = ["--target", String(holder.process.pid), "--net", "--", ...command];
    return new Promise((resolve, reject) => {
        const child = spawn("nsenter", argv, { stdio: "inherit", env });
        // A terminal sends Ctrl-C to the command as well: it decides what that means.
        const stay = (): void => undefined;
        const pass = (signal: NodeJS.Signals): void => {
            child.kill(signal);
        };
        process.on("SIGINT", stay).on("SIGTERM", pass).on("SIGHUP", pass);
        child.on("error", reject);
        child.on("exit", (code, signal) => {
            process.off("SIGINT", stay).off("SIGTERM", pass).off("SIGHUP", pass);
            resolve(code ?? 128 + constants.signals[signal ?? "SIGKILL"]);
        });
    });
}

/** Folders with programs of the lab; istioctl is built when it is first asked for. */
async function programFolders({ binDir }: Artifacts, name: string | undefined): Promise<string[]> {
    if (name !== "istioctl" || isProgram(name, binDir)) return [binDir];
    const { ensureIstioctl } = await import("../images/istioctl");
    return [binDir, await ensureIstioctl((line) => process.stderr.write(`${line}\n`))];
}

/** True for a file that can be run: found on the path by its name, or at the place that it says itself. */
function isProgram(name: string, path: string): boolean {
    const places = name.includes("/") ? [name] : path.split(delimiter).map((folder) => join(folder, name));
    return places.some((file) => {
        try {
            accessSync(file, modes.X_OK);
            return statSync(file).isFile();
        } catch {
            return false;
        }
    });
}
