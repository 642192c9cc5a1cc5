import assert from "node:assert/strict";
import { command } from "../support/command";
import { eventually, kubectl, sharedLab } from "../support/sharedLab";
import type { Cluster } from "../../../lab/cluster";
import { endViewer } from "../../../lab/cluster/viewer";

describe("npm run demo", () => {
    let output: string;
    let lab: Cluster;
    before(async () => {
        lab = await sharedLab();
        const result = await command("demo", "--no-viewer");
        assert.equal(result.code, 0, result.output);
        output = result.output;
    });
    after(() => endViewer(lab.identity));

    it("says how long each step took, up to the first joined trace", () => {
        for (const step of ["Kubernetes node", "Preflight", "pulumi up of the stack ci", "First joined trace"]) {
            assert.match(output, new RegExp(`^ +\\d+\\.\\d s {2}${step}`, "m"));
        }
        assert.match(output, /^ +\d+\.\d s {2}from the start of up to the first joined trace$/m);
    });

    it("draws the trace with the backend below the frontend", () => {
        const rows = /service +operation +start +duration +span +parent\n(.+)\n(.+)/.exec(output);
        const [, frontend = "", backend = ""] = rows ?? [];
        assert.match(frontend, /^ {4}frontend\.demo .* ms +([0-9a-f]{16}) +- /);
        const span = / ([0-9a-f]{16}) /.exec(frontend)?.[1] ?? "none";
        assert.match(backend, new RegExp(`^ {6}backend\\.demo .* [0-9a-f]{16} +${span} `));
    });

    it("ends with the doctor's word that every segment of a span's way works", () => {
        assert.match(output, /● entry ── ● sidecar ── .* ── ● query\n {2}Healthy: /);
    });

    it("shows the same trace id in the access logs of both sidecars", () => {
        const traceId = /trace ([0-9a-f]{32}), \d+ spans/.exec(output)?.[1] ?? "none";
        assert.match(output, new RegExp(`frontend: \\[.*"GET / HTTP/1\\.1" 200 .*trace_id=${traceId}`));
        assert.match(output, new RegExp(`backend: {2}\\[.*"GET / HTTP/1\\.1" 200 .*trace_id=${traceId}`));
    });

    it("prints an address of Jaeger that answers on this machine with that trace", async () => {
        const [, base = "", traceId = ""] =
            /(http:\/\/127\.0\.0\.1:\d+)\/api\/traces\/([0-9a-f]{32})/.exec(output) ?? [];
        const answer = await fetch(`${base}/api/traces/${traceId}`);
        assert.equal(answer.status, 200);
    });

    it("ends with a page that shows this trace, or with one line that says why there is none", async () => {
        const { code, output: said } = await command("demo");
        assert.equal(code, 0, said);
        const page = /^ {2}this trace {2}(http:\/\/127\.0\.0\.1:\d+)\/zipkin\/traces\/([0-9a-f]{32})$/m.exec(said);
        if (page === null) {
            assert.match(said, /^No page for traces: .+ Next: npm run lab -- viewer$/m);
            return;
        }
        const [, base = "", traceId = ""] = page;
        await eventually(30, async () => {
            const answer = await (await fetch(`${base}/api/v2/trace/${traceId}`)).text();
            return (answer.includes('"frontend.demo"') && answer.includes('"backend.demo"')) || answer;
        });
    });

    it("fails with the reason and the place of the logs when no joined trace appears in time", async () => {
        kubectl(lab, "scale", "deployment/backend", "-n", "demo", "--replicas=0");
        kubectl(lab, "wait", "--for=delete", "pod", "-n", "demo", "-l", "app=backend", "--timeout=60s");
        try {
            const { code, output: said } = await command("demo", "--limit", "3");
            assert.equal(code, 1, said);
            assert.match(
                said,
                /a trace that joins frontend\.demo and backend\.demo within 3 s, got none: Jaeger has no new trace/,
            );
            assert.match(said, /^logs: \/.+\/logs$/m);
        } finally {
            kubectl(lab, "scale", "deployment/backend", "-n", "demo", "--replicas=1");
            kubectl(lab, "rollout", "status", "deployment/backend", "-n", "demo", "--timeout=60s");
        }
    });

    it("ends with the commands to run next, plainly when it is no terminal", () => {
        assert.match(output, /npm run lab -- exec -- kubectl get pods -A/);
        assert.match(output, /npm run demo:down/);
        assert.doesNotMatch(output, /\u001b\[/);
    });
});

describe("the commands", () => {
    it("refuse words that they do not know with a sentence and no stack", async () => {
        for (const args of [
            ["demo", "--stak", "ci"],
            ["demo", "--limit", "soon"],
            ["lab", "upp"],
            ["lab", "stress", "--runs", "0"],
            ["lab", "pulumi", "go"],
            ["lab", "pulumi", "up", "--stack", "nope"],
        ]) {
            const { code, output } = await command(...args);
            assert.notEqual(code, 0, args.join(" "));
            assert.match(output, /^error: /m, args.join(" "));
            assert.doesNotMatch(output, /^\s+at .+:\d+:\d+/m, args.join(" "));
        }
    });
});
