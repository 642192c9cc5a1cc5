import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { clusterReports, exitCodeOfClusters, type ClusterResult } from "../../../../doctor/report/clusters";
import { examineFake } from "../fakeMesh";

describe("the report of several clusters", () => {
    let clusters: ClusterResult[];
    before(async () => {
        clusters = [
            { context: "east", result: await examineFake() },
            { context: "west", result: await examineFake({ lost: true }) },
            { context: "north <b>", result: { problem: "API server: no answer" } },
        ];
    });

    it("has each of them in full, and all verdicts at its end", () => {
        const text = stripVTControlCharacters(clusterReports.text(clusters));
        assert.match(text, /Cluster east\nDoctor for Istio[\s\S]*Cluster west\nDoctor for Istio[\s\S]*Cluster north/);
        const [, end = ""] = text.split("All clusters\n");
        assert.match(
            end,
            /^ {2}east: Healthy.*\n {2}west: Not healthy.*\n {2}north <b>: not examined: API server: no answer$/,
        );
    });

    it("is JSON with the same fields for each cluster as for one", () => {
        const { clusters: found } = JSON.parse(clusterReports.json(clusters)) as {
            clusters: Record<string, unknown>[];
        };
        assert.deepEqual(
            found.map(({ context, healthy, problem }) => [context, healthy, problem]),
            [
                ["east", true, undefined],
                ["west", false, undefined],
                ["north <b>", undefined, "API server: no answer"],
            ],
        );
        assert.ok(found[0]?.["survey"] !== undefined);
    });

    it("is JUnit with a suite for each, of which one that could not be examined fails", () => {
        const xml = clusterReports.junit(clusters, "error");
        assert.equal(xml.match(/<testsuite /g)?.length, 3);
        assert.match(xml, /<testsuite name="east: demo\/frontend-0[^"]*" tests="9" failures="0">/);
        assert.match(xml, /<testsuite name="north &lt;b&gt;" tests="1" failures="1">/);
    });

    it("is one page on which every link leads to one element", () => {
        const html = clusterReports.html(clusters);
        const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
        const links = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
        assert.equal(new Set(ids).size, ids.length);
        assert.deepEqual(
            links.filter((link) => !ids.includes(link)),
            [],
        );
        assert.ok(html.includes("north &lt;b&gt;") && !html.includes("north <b>"));
    });

    it("annotates with the name of the cluster", () => {
        const lines = clusterReports.github(clusters);
        assert.ok(lines.some((line) => line.startsWith("::error title=west%3A ")));
        assert.ok(lines.includes("::error title=north <b>%3A the doctor could not run::API server: no answer"));
    });

    it("ends with 1 for an error in any, otherwise with 2 for one that is not proven, otherwise with 0", () => {
        const [east, west, north] = clusters;
        assert.ok(east && west && north);
        assert.equal(exitCodeOfClusters([east, west, north], "error"), 1);
        assert.equal(exitCodeOfClusters([east, north], "error"), 2);
        assert.equal(exitCodeOfClusters([east], "error"), 0);
    });
});
