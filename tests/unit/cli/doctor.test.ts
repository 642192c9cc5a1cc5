import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfigFor } from "../fakeCluster";

const BOOTSTRAP = join(__dirname, "../../../cli/bootstrap.mjs");

describe("npm run doctor, called in a way that cannot work", () => {
    let folder: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "doctor-call-"));
        writeFileSync(join(folder, "kubeconfig"), kubeconfigFor("http://127.0.0.1:65535"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    /** What it prints; it always ends with 2, and never shows a stack. */
    const call = (args: string[], env: Record<string, string> = {}): string => {
        const options = { encoding: "utf8", env: { ...process.env, ...env } } as const;
        const { status, stdout, stderr } = spawnSync(process.execPath, [BOOTSTRAP, "doctor", ...args], options);
        assert.equal(status, 2, stdout + stderr);
        assert.equal(stdout, "");
        assert.doesNotMatch(stderr, /^\s+at .+:\d+:\d+/m);
        return stderr;
    };

    it("says all that is wrong with its options at once, before it asks or writes anything", () => {
        const wrong = ["--requests", "2001", "--timeout", "5", "--fail-on", "info", "--jaeger", "jaeger:16686"];
        const said = call([...wrong, "--html", folder, "--junit", folder], { JAEGER_LOGIN: "anna" });
        assert.match(said, /--timeout to be a whole number of seconds from 10 to 3600, got "5"/);
        assert.match(said, /--fail-on to be error or warning, got "info"/);
        assert.match(said, /--requests to be a whole number from 10 to 2000, got "2001"/);
        assert.match(said, /--jaeger to be a URL such as https:\/\/jaeger\.example\.com, got jaeger:16686/);
        assert.match(said, /--html to name a file, got .*: it is a folder/);
        assert.match(said, /different files for --junit and --html/);
        assert.match(said, /JAEGER_LOGIN to be USER:PASSWORD/);
        assert.doesNotMatch(said, /anna/);
    });

    it("starts no command without a cluster to probe", () => {
        const started = join(folder, "started");
        const said = call(["--kubeconfig", join(folder, "kubeconfig"), "--during", `touch ${started}`]);
        assert.match(said, /connection refused/);
        assert.ok(!existsSync(started));
    });

    it("says that there is no cluster, with the next step, and writes no report", () => {
        const html = join(folder, "doctor.html");
        const said = call(["--kubeconfig", join(folder, "kubeconfig"), "--html", html]);
        assert.match(
            said,
            /connection refused[\s\S]*Start the cluster[\s\S]*kubectl --kubeconfig=\S+ --context=test version/,
        );
        assert.ok(!existsSync(html));
    });
});
