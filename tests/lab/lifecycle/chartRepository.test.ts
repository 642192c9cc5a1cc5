import assert from "node:assert/strict";
import { ISTIO_VERSION } from "../../../components/versions";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent } from "../../../lab/engine";
import { serveCharts, type ChartServer } from "../support/chartServer";
import { labWithProgram, program, kubectl } from "../support/sharedLab";

const PASSWORD = "geheim$token'1 %";

describe("a chart repository that asks for a password, behind a proxy", () => {
    let lab: Cluster;
    let server: ChartServer;
    const former = process.env["HTTPS_PROXY"];
    before(async () => {
        lab = await labWithProgram();
        server = await serveCharts(lab, ISTIO_VERSION, `reader:${PASSWORD}`);
        process.env["HTTPS_PROXY"] = server.proxy;
    });
    after(async () => {
        if (former === undefined) delete process.env["HTTPS_PROXY"];
        else process.env["HTTPS_PROXY"] = former;
        server.close();
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    const settings = (password: string): Record<string, string> => ({
        "istio.chartSource": server.url,
        "istio.chartAccess.username": "reader",
        "istio.chartAccess.caFile": server.caFile,
        istioChartPassword: password,
    });
    const releases = (): string =>
        kubectl(lab, "get", "secrets", "-n", "istio-system", "-l", "owner=helm", "-o", "name").trim();

    for (const [what, change, reason] of [
        ["a wrong password", { istioChartPassword: "wrong" }, /index\.yaml.*401 Unauthorized/],
        [
            "an authority that is not known",
            { "istio.chartAccess.caFile": "" },
            /certificate signed by unknown authority/,
        ],
    ] as const) {
        it(`refuses ${what} with one clear error, and writes nothing`, async () => {
            const before = releases();
            const overrides: Record<string, string> = { ...settings(PASSWORD), ...change };
            if (overrides["istio.chartAccess.caFile"] === "") delete overrides["istio.chartAccess.caFile"];
            for (const operation of ["preview", "up"] as const) {
                const events: EngineEvent[] = [];
                const { failed, steps } = await program(lab, operation, overrides, events);
                assert.match(failed ?? "", reason);
                assert.match(failed ?? "", /check the chart name and repository configuration/);
                // The Pulumi CLI also records its own providers, which are in no cluster.
                const written = steps.filter(
                    ({ custom, op, type }) =>
                        custom && !type.startsWith("pulumi:providers:") && op !== "same" && op !== "read",
                );
                assert.deepEqual(written, []);
                assert.doesNotMatch(JSON.stringify([failed, events]), /geheim/);
            }
            assert.equal(releases(), before);
        });
    }

    it("installs Istio from it with the right password, and shows it nowhere", async () => {
        server.asked.length = 0;
        const events: EngineEvent[] = [];
        const { failed, outputs } = await program(lab, "up", settings(PASSWORD), events);
        assert.equal(failed, undefined);
        for (const chart of ["base", "istiod"])
            assert.ok(server.asked.includes(`/istio/${chart}-${ISTIO_VERSION}.tgz 200`), server.asked.join("\n"));
        assert.ok(server.asked.some((line) => line.startsWith("CONNECT charts.example.com:")));
        assert.doesNotMatch(JSON.stringify([outputs, events]), /geheim/);
        const { summary } = await program(lab, "up", settings(PASSWORD));
        assert.deepEqual([summary.create, summary.update, summary.replace, summary.delete], [0, 0, 0, 0]);
    });
});
