import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import type { Cluster } from "../../../lab/cluster";
import { ensureBrowser } from "../../../lab/images/browser";
import { openTarget } from "../../../shared/cluster/target";
import { assertHealthy, examine, shell } from "./examine";
import { patch } from "./faults";
import { command } from "../support/command";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";

const SELF = ["--from", "deploy/backend", "-n", "demo", "--to", "http://backend"];

describe("npm run doctor", () => {
    let lab: Cluster;
    let folder: string;
    before(async () => {
        lab = await labWithProgram();
        folder = mkdtempSync(join(tmpdir(), "doctor-"));
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    it("looks at the lab of the checkout by itself, says so, and ends with 0", async () => {
        const { code, output } = await command("doctor", "--requests", "20", "--junit", join(folder, "doctor.xml"));
        assert.equal(code, 0, output);
        assert.match(output, /examining the lab of this checkout/);
        assert.match(readFileSync(join(folder, "doctor.xml"), "utf8"), /tests="9" failures="0"/);
    });

    it("writes a page that needs nothing else and fits a phone", async () => {
        const file = join(folder, "doctor.html");
        assert.equal((await command("doctor", "--requests", "20", "--html", file)).code, 0);
        const found = await ensureBrowser(() => undefined);
        const env = { ...process.env, ...found.env } as Record<string, string>;
        const browser = await chromium.launch({ executablePath: found.executablePath, env, args: ["--no-sandbox"] });
        try {
            const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
            const asked: string[] = [];
            page.on("request", (request) => asked.push(request.url()));
            await page.goto(pathToFileURL(file).href);
            assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 390);
            assert.match(
                await page.innerText("body"),
                /Tracing works[\s\S]*entry ok[\s\S]*query ok[\s\S]*backend\.demo/,
            );
            assert.equal(await page.isVisible("#export"), false);
            await page.click('a[href="#export"]');
            assert.match(await page.innerText("#export"), /calls?, \d+ succeeded/);
            assert.equal(asked.length, 1);
        } finally {
            await browser.close();
        }
    });

    it("ends with 2 and the next step where it cannot look, and shows no stack", async () => {
        const calls: [string[], RegExp][] = [
            [["--kubeconfig", join(folder, "none")], /no file .*Name one with --kubeconfig/],
            [
                ["--from", "deploy/nobody", "-n", "demo"],
                /Workloads with ready pods there: backend, frontend\. Next: correct --from/,
            ],
            [SELF, /curl or wget.*--probe-pod/],
            [["--requests", "many"], /whole number from 10 to 2000/],
            [["--to", "backend"], /URL such as http:\/\/backend/],
        ];
        for (const [args, sentence] of calls) {
            const { code, output } = await command("doctor", ...args);
            assert.equal(code, 2, output);
            assert.match(output, sentence);
            assert.doesNotMatch(output, /^\s+at .+:\d+:\d+/m);
        }
    });

    it("sends from a pod of its own when it may, and removes it", async () => {
        const { code, output } = await command("doctor", ...SELF, "--probe-pod", "--requests", "20");
        assert.equal(code, 0, output);
        assert.match(output, /probing demo\/istio-tracing-doctor-/);
        await eventually(30, () => {
            const left = kubectl(lab, "get", "jobs,pods", "-n", "demo", "-o", "name");
            return Promise.resolve(!left.includes("doctor") || left);
        });
    });

    it("needs no right that --print-rbac does not list, and says what it skips with fewer", async () => {
        const { output: rbac } = await command("doctor", "--print-rbac");
        shell(lab, "kubectl apply -f -", rbac);
        shell(lab, "kubectl create serviceaccount doctor -n default");
        const bind =
            "kubectl create clusterrolebinding doctor --clusterrole=istio-tracing-doctor --serviceaccount=default:doctor";
        shell(lab, bind);
        try {
            const kubeconfig = kubeconfigOf(lab, shell(lab, "kubectl create token doctor -n default").trim());
            await assertHealthy(lab, { kubeconfig });
            const role = "clusterrole/istio-tracing-doctor";
            const { rules } = JSON.parse(kubectl(lab, "get", role, "-o", "json")) as {
                rules: { resources: string[] }[];
            };
            const proxy = rules.findIndex(({ resources }) => resources.includes("services/proxy"));
            patch(lab, "default", role, { op: "remove", path: `/rules/${String(proxy)}` });
            const { healthy, findings, skipped } = await eventually(20, async () => {
                const diagnosis = await examine(lab, { kubeconfig });
                return diagnosis.healthy ? "the rights are still there" : diagnosis;
            });
            assert.equal(healthy, false);
            assert.deepEqual(findings, []);
            const reasons = skipped.map(({ what, reason }) => `${what}: ${reason}`).join("\n");
            assert.match(reasons, /Jaeger's query API: .*cannot get resource "services\/proxy"/);
        } finally {
            shell(lab, "kubectl delete clusterrolebinding doctor");
            shell(lab, "kubectl delete clusterrole istio-tracing-doctor istio-tracing-doctor-probe-pod");
            shell(lab, "kubectl delete serviceaccount doctor -n default");
        }
    });
});

/** The lab's kubeconfig for the bearer of a token. */
function kubeconfigOf(lab: Cluster, token: string): string {
    const { config } = openTarget({ kubeconfig: lab.kubeconfig });
    config.users = config.users.map(({ name }) => ({ name, token }));
    return `${config.exportConfig()}\n`;
}
