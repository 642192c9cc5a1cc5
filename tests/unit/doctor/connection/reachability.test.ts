import assert from "node:assert/strict";
import { runDoctor } from "../../../../doctor";
import { CannotLook } from "../../../../shared/cluster/target";
import { UserError } from "../../../../shared/terminal/errors";
import { forbidden, kubeconfigFor, startFakeCluster, type Answer, type FakeCluster } from "../../fakeCluster";

const ISTIOD = { metadata: { name: "istiod", namespace: "istio-system", labels: { app: "istiod" } } };
const POD = {
    metadata: { name: "frontend", namespace: "demo" },
    spec: { containers: [{ name: "app" }, { name: "istio-proxy" }] },
    status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
};
const SERVICE = {
    metadata: { name: "backend", namespace: "demo" },
    spec: { selector: { app: "backend" }, ports: [{ name: "http", port: 80 }] },
};

/** A mesh with one pod, in which no command can be run. */
const mesh: Answer = ({ path }) => {
    if (path === "/version") return { body: { gitVersion: "v1.34.4" } };
    if (path.includes("/configmaps/")) return undefined;
    const items: Record<string, unknown[]> = { deployments: [ISTIOD], "v1/pods": [POD], "v1/services": [SERVICE] };
    const [, found = []] = Object.entries(items).find(([kind]) => path.split("?")[0]?.endsWith(`/${kind}`)) ?? [];
    return path.includes("/exec") ? forbidden("pods") : { body: { items: found } };
};
/** The same, but for what the first function answers. */
const but =
    (other: Answer): Answer =>
    (request) =>
        other(request) ?? mesh(request);

describe("the doctor, where it cannot look", () => {
    let cluster: FakeCluster | undefined;
    afterEach(() => cluster?.close());

    /** For answers that never come. A busy machine takes its time for those that do. */
    const SHORT = { timeoutSeconds: 1 };
    const LIMIT = { timeoutSeconds: 30 };
    const cases: { what: string; answer: Answer; options?: object; says: RegExp }[] = [
        {
            what: "a cluster that accepts connections and never answers",
            answer: () => "silence",
            options: SHORT,
            says: /no answer within 1 s \(timeout\)[\s\S]*kubectl --context=test version/,
        },
        {
            what: "a server that does not know the user",
            answer: () => ({ status: 401, body: { message: "Unauthorized" } }),
            says: /Unauthorized[\s\S]*Log in again/,
        },
        {
            what: "a server that is no API server",
            answer: () => ({ body: "<html>" }),
            says: /Kubernetes API server\nan answer that is not JSON\nCorrect the server of this context/,
        },
        {
            what: "a cluster without istiod",
            answer: but(({ path }) => (path.includes("deployments") ? { body: { items: [] } } : undefined)),
            says: /no Deployment with the label app=istiod\. Next: install Istio, or choose another --context/,
        },
        {
            what: "a user who may list nothing",
            answer: but(({ path }) => (path === "/version" ? undefined : forbidden("deployments"))),
            says: /User "jane" cannot do that\. Next: .*--print-rbac/,
        },
        {
            what: "a user who may not list pods",
            answer: but(({ path }) => (path.startsWith("/api/v1/pods") ? forbidden("pods") : undefined)),
            says: /the pods could not be listed: User "jane" cannot do that\. Next: .*--print-rbac/,
        },
        {
            what: "a user who may not list pods, for a workload that is named",
            answer: but(({ path }) => (path.startsWith("/api/v1/pods") ? forbidden("pods") : undefined)),
            options: { from: "deploy/frontend", namespace: "demo" },
            says: /the pods could not be listed: User "jane" cannot do that/,
        },
        {
            what: "a list that never comes",
            answer: but(({ path }) => (path.startsWith("/api/v1/pods") ? "silence" : undefined)),
            options: SHORT,
            says: /the pods could not be listed: no answer within 1 s.*kubectl --context=test get pods -A/,
        },
        {
            what: "a second page of a list that never comes",
            answer: but(({ path }) => {
                if (path.includes("continue=")) return "silence";
                return path.startsWith("/api/v1/services")
                    ? { body: { items: [], metadata: { continue: "next" } } }
                    : undefined;
            }),
            options: SHORT,
            says: /the services could not be listed: no answer within 1 s/,
        },
        {
            what: "a user who may run no commands in pods, who gets no pod of the doctor's own either",
            answer: mesh,
            options: { probePod: true },
            says: /demo\/frontend: this user may not run commands in pods \(pods\/exec\)\. Next: .*--print-rbac/,
        },
        {
            what: "a command in a pod that never starts",
            answer: but(({ path }) => (path.includes("/exec") ? "silence" : undefined)),
            options: SHORT,
            says: /demo\/frontend: (no answer|it did not end).*Next: name another path.*kubectl --context=test exec frontend -n demo -c app -- true/,
        },
        {
            what: "a namespace without a pod of the mesh",
            answer: mesh,
            options: { namespace: "nowhere" },
            says: /got: none in the namespace nowhere\. Next: name them/,
        },
        {
            what: "a workload that is not there",
            answer: mesh,
            options: { from: "deploy/nobody", namespace: "demo" },
            says: /got deploy\/nobody\. Workloads with ready pods there: frontend\. Next: correct --from/,
        },
        {
            what: "an address that is no URL",
            answer: mesh,
            options: { to: "backend" },
            says: /expected --to to be a URL such as http:\/\/backend, got "backend"/,
        },
        {
            what: "an address of which a sidecar sees nothing",
            answer: mesh,
            options: { to: "https://backend" },
            says: /A sidecar cannot see requests that the application encrypts itself/,
        },
    ];
    for (const { what, answer, options, says } of cases) {
        it(`names ${what}, and the next step`, async () => {
            cluster = await startFakeCluster(answer);
            const at = { kubeconfig: cluster.kubeconfig, context: "test" };
            const run = runDoctor({ ...at, requests: 10, ...LIMIT, ...options });
            const error = await run.then(
                () => assert.fail("it looked"),
                (reason: unknown) => reason,
            );
            assert.match(wordsOf(error), says);
        });
    }

    it("names a cluster that is not there", async () => {
        const error: unknown = await runDoctor({ kubeconfig: kubeconfigFor("http://127.0.0.1:9"), requests: 10 }).catch(
            (reason: unknown) => reason,
        );
        assert.match(wordsOf(error), /connection refused[\s\S]*Start the cluster/);
    });

    it("names the contexts that there are, for one that is not among them", async () => {
        const kubeconfig = kubeconfigFor("http://127.0.0.1:9");
        const error: unknown = await runDoctor({ kubeconfig, context: "prod", requests: 10 }).catch(
            (reason: unknown) => reason,
        );
        assert.match(wordsOf(error), /context named prod[\s\S]*it has test, other[\s\S]*--context/);
    });
});

/** What the command prints: such errors are told without a stack, and end with 2. */
function wordsOf(error: unknown): string {
    if (error instanceof CannotLook) return Object.values(error.finding).join("\n");
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.exitCode, 2);
    return error.message;
}
