import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UserError } from "../../../shared/terminal/errors";
import { answerLimit } from "../../../shared/terminal/options";
import { kubeconfigFor } from "../fakeCluster";

const CLI = join(__dirname, "../../../cli");
const COMMANDS = ["adopt", "cleanup", "drift", "graph", "preflight", "repair"];

describe("a command for a cluster that never answers", () => {
    let folder: string;
    let server: Server;
    let kubeconfig: string;
    let ended: Record<string, { status: number | null; said: string }>;
    before(async function () {
        this.timeout(180_000);
        folder = mkdtempSync(join(tmpdir(), "timeout-"));
        server = createServer((socket) => socket.on("error", () => undefined));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        kubeconfig = join(folder, "kubeconfig");
        const text = kubeconfigFor(`http://127.0.0.1:${String(port)}`);
        writeFileSync(kubeconfig, text.replaceAll("test", "istio-tracing-dev"));
        // Side by side, since each of them waits.
        const ends = COMMANDS.map(async (command) => {
            const options = command === "repair" ? ["--releases-only"] : [];
            return [command, await run(command, "--timeout", "1", ...options)] as const;
        });
        ended = Object.fromEntries(await Promise.all(ends));
    });
    after(() => {
        server.close();
        rmSync(folder, { recursive: true });
    });

    const run = async (command: string, ...options: string[]): Promise<{ status: number | null; said: string }> => {
        const args = [join(CLI, "bootstrap.mjs"), command, "--stack", "dev", "--kubeconfig", kubeconfig, ...options];
        const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
        let said = "";
        for (const stream of [child.stdout, child.stderr])
            stream.on("data", (text: Buffer) => (said += text.toString()));
        const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
        return { status, said };
    };

    for (const command of COMMANDS) {
        it(`ends after the time that --timeout gives npm run ${command}, and says so`, () => {
            const { status, said = "" } = ended[command] ?? {};
            assert.equal(status, 2, said);
            assert.match(said, /no answer within 1 s \(timeout\)/);
            assert.doesNotMatch(said, /^\s+at .+:\d+:\d+/m);
        });
    }

    it("is refused a time that is none", () => {
        for (const wrong of ["0", "601", "1m"]) {
            assert.throws(
                () => answerLimit(wrong),
                (error: UserError) =>
                    error.exitCode === 2 &&
                    /--timeout to be a whole number of seconds from 1 to 600, got "/.test(error.message),
            );
        }
    });

    it("is none but these, and the doctor, whose limit is that of the whole run", () => {
        const files = [...readdirSync(CLI), "doctor/options.ts"].filter((file) => file.endsWith(".ts"));
        const forAnyCluster = files.filter((file) => readFileSync(join(CLI, file), "utf8").includes("kubeconfig: {"));
        assert.deepEqual(forAnyCluster, ["doctor/options.ts"]);
        const bySharedOptions = files.filter((file) =>
            readFileSync(join(CLI, file), "utf8").includes("CLUSTER_OPTIONS,"),
        );
        assert.deepEqual(
            bySharedOptions.sort(),
            COMMANDS.map((command) => `${command}.ts`),
        );
    });
});
