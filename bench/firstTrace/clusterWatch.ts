import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";
import { KubeConfig } from "@kubernetes/client-node";
import type { Milestone, Times } from "./phases";

interface SeenObject {
    metadata: { name: string; namespace?: string; labels?: Record<string, string> };
    status?: {
        conditions?: { type: string; status: string }[];
        containerStatuses?: { state?: { running?: object } }[];
    };
}

const NAMES_ONLY = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
/** Deployments whose pods are the applications. */
const APPS = ["frontend", "backend"];

/** Records when each precondition of a trace first exists. */
export class ClusterWatch {
    public readonly times: Times = {};
    private readonly requests: http.ClientRequest[] = [];
    private readonly apps = { seen: new Set<string>(), running: new Set<string>() };

    /** Starts the watches. Resolves when the API server has accepted all of them. */
    public static async begin(kubeconfig: string): Promise<ClusterWatch> {
        const watch = new ClusterWatch();
        await Promise.all([
            watch.follow(kubeconfig, "/api/v1/namespaces", NAMES_ONLY, ({ metadata }) => {
                if (metadata.name === "istio-system") watch.note("firstWrite");
            }),
            watch.follow(kubeconfig, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", NAMES_ONLY, () => {
                // The last one counts, as long as nothing builds on them.
                if (watch.times.istiodPod === undefined) watch.times.crds = performance.now();
            }),
            watch.follow(kubeconfig, "/api/v1/pods", "application/json", (pod) => {
                watch.pod(pod);
            }),
        ]);
        return watch;
    }

    public end(): void {
        for (const request of this.requests) request.destroy();
    }

    private pod({ metadata, status }: SeenObject): void {
        const app = metadata.labels?.["app"] ?? "";
        const containers = status?.containerStatuses ?? [];
        if (app === "istiod") {
            this.note("istiodPod");
            if (status?.conditions?.some((one) => one.type === "Ready" && one.status === "True"))
                this.note("istiodReady");
        }
        if (!APPS.includes(app)) return;
        this.apps.seen.add(app);
        if (this.apps.seen.size === APPS.length) this.note("appPods");
        const running = containers.length > 0 && containers.every(({ state }) => state?.running !== undefined);
        if (running) this.apps.running.add(app);
        if (this.apps.running.size === APPS.length) this.note("appsRunning");
    }

    private note(milestone: Milestone): void {
        this.times[milestone] ??= performance.now();
    }

    private async follow(
        kubeconfig: string,
        path: string,
        accept: string,
        see: (object: SeenObject) => void,
    ): Promise<void> {
        const config = new KubeConfig();
        config.loadFromFile(kubeconfig);
        const options: https.RequestOptions = {};
        await config.applyToHTTPSOptions(options);
        const url = new URL(`${config.getCurrentCluster()?.server ?? ""}${path}?watch=true`);
        await new Promise<void>((resolve, reject) => {
            const request = https.get(url, { ...options, headers: { accept } }, (response) => {
                if (response.statusCode !== 200)
                    reject(new Error(`${path}: watch answered ${String(response.statusCode)}`));
                const lines = createInterface({ input: response }).on("line", (line) => {
                    const { type, object } = JSON.parse(line) as { type: string; object: SeenObject };
                    if (type === "ADDED" || type === "MODIFIED") see(object);
                });
                // This process or the end of the lab ends it.
                lines.on("error", () => {
                    lines.close();
                });
                resolve();
            });
            request.on("error", reject);
            this.requests.push(request);
        });
    }
}
