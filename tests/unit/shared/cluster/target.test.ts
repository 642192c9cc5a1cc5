import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { explainNetworkError } from "../../../../shared/cluster/request";
import { runPreflight, type PreflightOptions } from "../../../../cli/preflight/index";
import { openTarget } from "../../../../shared/cluster/target";
import type { Finding } from "../../../../checks/finding";
import { emptyCluster, forbidden, kubeconfigFor, startFakeCluster, type Answer } from "../../fakeCluster";

/** The one finding of a preflight that could look at no cluster. */
async function refusal(options: PreflightOptions): Promise<Finding> {
    const { findings, exitCode } = await runPreflight(options);
    assert.equal(exitCode, 2);
    assert.equal(findings.length, 1);
    assert.ok(findings[0]);
    return findings[0];
}

async function refusalOf(answer: Answer): Promise<Finding> {
    const cluster = await startFakeCluster(answer);
    try {
        return await refusal({ kubeconfig: cluster.kubeconfig });
    } finally {
        await cluster.close();
    }
}

describe("a kubeconfig", () => {
    let folder = "";
    const environment = process.env["KUBECONFIG"];
    const file = (name: string, content: string): string => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
    };
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "preflight-"));
    });
    afterEach(() => {
        rmSync(folder, { recursive: true });
        if (environment === undefined) delete process.env["KUBECONFIG"];
        else process.env["KUBECONFIG"] = environment;
    });

    it("that is missing is named, with the ways to get a cluster", async () => {
        const finding = await refusal({ kubeconfig: join(folder, "none") });
        assert.equal(finding.id, "kubeconfig-usable");
        assert.match(finding.got, /no file .*none \(--kubeconfig\)/);
        assert.match(finding.cure, /--kubeconfig FILE or KUBECONFIG.*npm run demo/);
    });

    it("that is empty, a folder or damaged is named with what is wrong, and without its content", async () => {
        assert.equal((await refusal({ kubeconfig: file("empty", " \n") })).got, "an empty file");
        assert.equal((await refusal({ kubeconfig: folder })).got, "a folder");
        const damaged = await refusal({ kubeconfig: file("damaged", "users:\n  - token: S3CRET\n bad: [\n") });
        assert.match(damaged.got, /^unusable content: /);
        assert.doesNotMatch(JSON.stringify(damaged), /S3CRET/);
        assert.match((await refusal({ kubeconfig: file("list", "clusters: [{ cluster: {} }]") })).got, /name/);
    });

    it("without the context that was asked for names those that it has", async () => {
        const kubeconfig = file("k", kubeconfigFor("https://127.0.0.1:1"));
        const finding = await refusal({ kubeconfig, context: "prod" });
        assert.equal(finding.id, "context-known");
        assert.equal(finding.got, "it has test, other");
    });

    it("without a current context asks to choose one", async () => {
        const content = kubeconfigFor("https://127.0.0.1:1").replace(/current-context.*/, "");
        assert.match((await refusal({ kubeconfig: file("k", content) })).got, /none is set; it has test, other/);
        assert.match((await refusal({ kubeconfig: file("k", "apiVersion: v1") })).got, /it has no contexts/);
    });

    it("whose context names a cluster that is not there says so", async () => {
        const kubeconfig = file("k", kubeconfigFor("https://127.0.0.1:1"));
        assert.equal((await refusal({ kubeconfig, context: "other" })).got, "no cluster named gone");
    });

    it("may be several files of KUBECONFIG, of which the first to name something wins", () => {
        const first = file("a", kubeconfigFor("https://first:1"));
        const second = file("b", kubeconfigFor("https://second:1").replace("name: other", "name: more"));
        process.env["KUBECONFIG"] = [join(folder, "missing"), first, second].join(":");
        const target = openTarget({});
        assert.equal(target.server, "https://first:1");
        assert.deepEqual(
            target.config.getContexts().map(({ name }) => name),
            ["test", "other", "more"],
        );
    });

    it("may ask a credential plugin, and its failure is told in the plugin's words", async () => {
        const cluster = await startFakeCluster(emptyCluster);
        const credential = JSON.stringify({ kind: "ExecCredential", status: { token: "t" } });
        const works = `{ exec: { apiVersion: client.authentication.k8s.io/v1, command: echo, args: ['${credential}'] } }`;
        const { exitCode } = await runPreflight({ kubeconfig: kubeconfigFor(cluster.url, works) });
        await cluster.close();
        assert.equal(exitCode, 0);
        const fails = "{ exec: { apiVersion: client.authentication.k8s.io/v1, command: no-such-plugin } }";
        const finding = await refusal({ kubeconfig: kubeconfigFor(cluster.url, fails) });
        assert.equal(finding.id, "cluster-credentials");
        assert.match(finding.got, /no-such-plugin/);
        assert.match(finding.cure, /Install no-such-plugin or log in/);
    });
});

describe("a cluster that does not answer", () => {
    it("is named with its URL and the reason when the connection is refused", async () => {
        const cluster = await startFakeCluster(emptyCluster);
        await cluster.close();
        const finding = await refusal({ kubeconfig: cluster.kubeconfig });
        assert.equal(finding.id, "cluster-reachable");
        assert.ok(finding.resource.startsWith(cluster.url));
        assert.match(finding.got, /refused/);
        assert.match(finding.cure, /kubectl version --context test/);
    });

    it("is given up after the time limit", async () => {
        const server = createServer(() => undefined);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const url = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
        const finding = await refusal({ kubeconfig: kubeconfigFor(url), timeoutSeconds: 0.2 });
        server.close();
        assert.match(finding.got, /no answer within 0\.2 s \(timeout\)/);
    });

    it("is told apart by DNS, route, reset and TLS", () => {
        const explain = (code: string) =>
            explainNetworkError(Object.assign(new Error("why"), { code }), 5, "https://api.example:6443").reason;
        assert.match(explain("ENOTFOUND"), /the DNS name api\.example does not resolve/);
        assert.match(explain("DEPTH_ZERO_SELF_SIGNED_CERT"), /certificate is not accepted \(TLS, .*\): why/);
        assert.match(explain("ERR_TLS_CERT_ALTNAME_INVALID"), /certificate/);
        assert.match(explain("CERT_HAS_EXPIRED"), /certificate/);
        assert.match(explain("EPROTO"), /does not use TLS/);
        assert.match(explain("EHOSTUNREACH"), /no route to api\.example/);
        assert.match(explain("ECONNRESET"), /reset/);
        assert.equal(explain("EWEIRD"), "why (EWEIRD)");
    });

    it("says so when https:// leads to a server without TLS", async () => {
        const cluster = await startFakeCluster(emptyCluster);
        const finding = await refusal({ kubeconfig: kubeconfigFor(cluster.url.replace("http:", "https:")) });
        await cluster.close();
        assert.match(finding.got, /does not use TLS/);
        assert.match(finding.cure, /Correct the server and the certificate authority/);
    });
});

describe("a cluster that answers and will not be looked at", () => {
    it("says unauthorized when it does not know the user", async () => {
        const finding = await refusalOf(() => ({ status: 401, body: { kind: "Status", message: "Unauthorized" } }));
        assert.equal(finding.id, "cluster-credentials");
        assert.equal(finding.got, "Unauthorized");
        assert.match(finding.cure, /kubectl auth whoami --context test/);
    });

    it("says forbidden when the user may not even ask for its rights", async () => {
        const finding = await refusalOf((request) =>
            request.method === "POST" ? forbidden("selfsubjectaccessreviews") : emptyCluster(request),
        );
        assert.equal(finding.id, "cluster-credentials");
        assert.match(finding.got, /jane/);
    });

    it("says so when it is no Kubernetes at all", async () => {
        assert.match((await refusalOf(() => ({ body: "<html>" }))).got, /not JSON/);
        assert.match((await refusalOf(() => undefined)).got, /no \/version/);
    });

    it("is reported as unexpected when it fails itself", async () => {
        assert.match((await refusalOf(() => ({ status: 503, body: "" }))).got, /HTTP status 503/);
    });
});
