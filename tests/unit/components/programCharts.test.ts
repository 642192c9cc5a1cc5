import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planProgram, plain, type Plan } from "../../../plan";
import { createAuthority } from "../../../shared/certificates/x509";
import { setPaths } from "../../../shared/stacks/settingPaths";

const SECRET = '{"4dabf18193072939515e22adb298388d":"1b47061264138c4ac30d75fd1eb44270","value":"geheim-token"}';
const UI = {
    ui: JSON.stringify({
        ...{ mode: "gateway", host: "traces.example.com", authentication: "open" },
        tls: {
            ...{ mode: "certManager", issuer: { type: "selfSigned" }, certManager: "install" },
            certManagerChart: { source: "https://charts.example.com/mirror/", username: "robot" },
        },
    }),
    certManagerChartPassword: "geheim-token",
};

describe("charts from a repository that asks for a login", () => {
    let folder: string;
    let caFile: string;
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "ca-"));
        caFile = join(folder, "ca.pem");
        writeFileSync(caFile, createAuthority("company").certificatePem);
    });
    after(() => {
        rmSync(folder, { recursive: true });
    });

    const planned = (source: string, further: Record<string, string> = {}): Promise<Plan> =>
        planProgram(
            setPaths(
                {},
                {
                    ...{ "istio.chartSource": source, "istio.chartAccess.username": "reader" },
                    ...{ "istio.chartAccess.caFile": caFile, istioChartPassword: "geheim-token", ...further },
                },
            ),
        );
    const releases = ({ resources }: Plan): Record<string, unknown>[] =>
        resources
            .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
            .map(({ inputs }) => plain(inputs) as Record<string, unknown>);
    const login = (): object => ({ username: "reader", password: "geheim-token", caFile });

    it("are all of Istio's, with its user, its password and its authority", async () => {
        const repo = "https://charts.example.com/istio";
        const all = releases(await planned(repo, UI));
        assert.deepEqual(
            all.map(({ chart, repositoryOpts }) => [chart, repositoryOpts]),
            ["base", "istiod", "gateway"].map((chart) => [chart, { repo, ...login() }]),
        );
    });

    it("include that of cert-manager, with a login of its own", async () => {
        const { resources } = await planned("https://charts.example.com/istio", UI);
        const manager = resources.find(({ type }) => type === "kubernetes-cert-manager:index:CertManager");
        const { chart, repositoryOpts, version } = (plain(manager?.inputs) as { helmOptions: Record<string, unknown> })
            .helmOptions;
        assert.deepEqual([chart, version], ["cert-manager", "v1.19.4"]);
        assert.deepEqual(repositoryOpts, {
            ...{ repo: "https://charts.example.com/mirror/", username: "robot", password: "geheim-token" },
        });
    });

    it("show their passwords nowhere", async () => {
        const plan = await planned("https://charts.example.com/istio", UI);
        const text = JSON.stringify([plan.resources, plan.outputs, plan.messages]);
        assert.match(text, /geheim/);
        assert.doesNotMatch(text.replaceAll(SECRET, ""), /geheim/);
    });
});
