import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Answers one request of the API; undefined is Kubernetes' 404, and `silence` keeps whoever asks waiting. */
export type Answer = (request: {
    method: string;
    path: string;
    body: string;
}) => { status?: number; body: unknown } | "silence" | undefined;

/** A tiny API server for one test, and the content of a kubeconfig for it. */
export interface FakeCluster {
    url: string;
    kubeconfig: string;
    /** `METHOD /path` of every request so far. */
    requests: string[];
    close: () => Promise<void>;
}

/** An API server on a free port of this machine. */
export async function startFakeCluster(answer: Answer): Promise<FakeCluster> {
    const requests: string[] = [];
    const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            const method = request.method ?? "";
            const path = request.url ?? "";
            requests.push(`${method} ${path.split("?")[0] ?? ""}`);
            const found = answer({ method, path, body: Buffer.concat(chunks).toString() });
            if (found === "silence") return;
            response.statusCode = found === undefined ? 404 : (found.status ?? 200);
            response.end(typeof found?.body === "string" ? found.body : JSON.stringify(found?.body ?? {}));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    return {
        url,
        kubeconfig: kubeconfigFor(url),
        requests,
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections();
                server.close(() => {
                    resolve();
                });
            }),
    };
}

/** Content of a kubeconfig with the contexts `test` (current) and `other`. */
export function kubeconfigFor(server: string, user = "{ token: secret }"): string {
    return `apiVersion: v1
kind: Config
current-context: test
clusters: [{ name: c, cluster: { server: "${server}" } }]
users: [{ name: u, user: ${user} }]
contexts:
  - { name: test, context: { cluster: c, user: u } }
  - { name: other, context: { cluster: gone, user: u } }
`;
}

/** An empty cluster of one large node, whose user is an administrator. */
export const emptyCluster: Answer = (request) => {
    const [path = ""] = request.path.split("?");
    if (path === "/version") return { body: { gitVersion: "v1.34.4" } };
    if (path.endsWith("/selfsubjectaccessreviews")) return { status: 201, body: { status: { allowed: true } } };
    if (path.endsWith("/selfsubjectreviews"))
        return { status: 201, body: { status: { userInfo: { username: "admin" } } } };
    if (path === "/api/v1/nodes") {
        const status = {
            allocatable: { cpu: "8", memory: "16Gi" },
            nodeInfo: { architecture: "arm64" },
            conditions: [{ type: "Ready", status: "True" }],
        };
        return { body: { items: [{ metadata: { name: "n1" }, status }] } };
    }
    return path.endsWith("s") && !path.endsWith("namespaces/istio-system") ? { body: { items: [] } } : undefined;
};

/** What Kubernetes says to somebody without the right. */
export function forbidden(what: string): { status: number; body: unknown } {
    return { status: 403, body: { kind: "Status", message: `${what} is forbidden: User "jane" cannot do that` } };
}
