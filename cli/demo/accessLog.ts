import { setTimeout } from "node:timers/promises";
import { CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { UserError } from "../../shared/terminal/errors";
import { SIDECAR_CONTAINER } from "../../shared/names/istio";

/** Envoy flushes its log about once a second, or later on a busy machine. */
const FLUSH_LIMIT_SECONDS = 60;

/**
 * The line with this trace ID in the access log of a workload's sidecar.
 *
 * @throws UserError if there is none within a minute.
 */
export async function findLogLine(
    kubeconfig: string,
    namespace: string,
    app: string,
    traceId: string,
): Promise<string> {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    const core = config.makeApiClient(CoreV1Api);
    const end = performance.now() + FLUSH_LIMIT_SECONDS * 1000;
    for (;;) {
        const line = await lookOnce(core, namespace, app, traceId);
        if (line !== undefined) return line;
        if (performance.now() > end) {
            throw new UserError(
                `expected a line with the trace ID ${traceId} in the access log of ${app}'s sidecar, got none within ` +
                    `${String(FLUSH_LIMIT_SECONDS)} s. ` +
                    `Next: npm run lab -- exec -- kubectl logs -n ${namespace} deploy/${app} -c ${SIDECAR_CONTAINER}`,
            );
        }
        await setTimeout(200);
    }
}

async function lookOnce(core: CoreV1Api, namespace: string, app: string, traceId: string): Promise<string | undefined> {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `app=${app}` });
    for (const pod of items) {
        const log = await core.readNamespacedPodLog({
            name: pod.metadata?.name ?? "",
            namespace,
            container: SIDECAR_CONTAINER,
            tailLines: 2000,
        });
        const line = log.split("\n").find((text) => text.includes(`trace_id=${traceId}`));
        if (line !== undefined) return line;
    }
    return undefined;
}
