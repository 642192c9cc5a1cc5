import { openClient, type ClusterClient } from "../../shared/cluster/client";
import { openTarget } from "../../shared/cluster/target";
import { POD } from "../../shared/kubernetes/shapes";
import { DOCTOR_PORTS } from "../../shared/names/ports";
import { UserError } from "../../shared/terminal/errors";
import { requireReachable } from "../connection/reachability";
import { startDeadline, withDeadline } from "../connection/deadline";
import { diagnose } from "../diagnose";
import { collectEvidence } from "../evidence/collect";
import type { Change } from "../watch/sight";
import { isReady } from "../inventory/mesh";
import { speakOfSettings } from "../nextSteps";
import { inClusterAccess, type OwnPod } from "./access";
import { serveAnswers } from "./answer";
import { keepWatch, type Examination } from "./keepWatch";
import { logLine } from "./log";
import { MetricValues } from "./metrics";
import { readEnvironment, type InClusterSettings } from "./options";
import { openMetricsServer } from "./serve";

/** Requests of a whole examination, which only a change causes. */
const REQUESTS = 30;
/** Time limits of a request and of an examination, in seconds. */
const REQUEST_SECONDS = 10;
const EXAMINATION_SECONDS = 60;
/** Time limit for the pod to become ready, in seconds. */
const START_SECONDS = 30;

/** Collectors may hold the spans of a probe, and those of one that is repeated. */
function limitOf({ holdSeconds }: InClusterSettings): number {
    return EXAMINATION_SECONDS + 2 * holdSeconds;
}

/** Examines the path between the doctor's own pods. */
async function examine(settings: InClusterSettings, whole: boolean): Promise<Examination> {
    const target = openTarget({});
    const client = await openClient(target, REQUEST_SECONDS);
    const own = { name: settings.pod, namespace: settings.namespace };
    const access = inClusterAccess(client, own, { timeoutSeconds: REQUEST_SECONDS });
    const deadline = startDeadline(limitOf(settings));
    try {
        await requireReachable(client, target);
        await ownPodReady(client, own);
        const path = { from: `pod/${settings.pod}`, namespace: settings.namespace, to: settings.probeUrl };
        const load = whole ? { requests: REQUESTS } : { requests: 1, probes: 1 };
        const options = { ...path, ...load, jaegerLogin: settings.jaegerLogin };
        const collecting = collectEvidence(withDeadline(access, deadline), options, () => undefined);
        const evidence = await Promise.race([collecting, deadline.expired]);
        return { diagnosis: diagnose(evidence), evidence };
    } finally {
        deadline.clear();
        access.close();
    }
}

/** Right after its start, the pod is not ready yet, and would be no source of probes. */
async function ownPodReady(client: ClusterClient, { namespace, name }: OwnPod): Promise<void> {
    const end = performance.now() + START_SECONDS * 1000;
    while (performance.now() < end) {
        const fact = await client.get(`/api/v1/namespaces/${namespace}/pods/${name}`);
        const pod = "value" in fact ? POD(fact.value) : undefined;
        if (pod !== undefined && isReady(pod)) return;
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    throw new UserError(
        `expected the doctor's own pod ${namespace}/${name} to be ready within ${String(START_SECONDS)} s, but it was not. ` +
            `Next: find the reason with kubectl describe pod ${name} -n ${namespace}`,
        2,
    );
}

async function watchCluster(): Promise<void> {
    speakOfSettings();
    const settings = readEnvironment(process.env);
    const values = new MetricValues();
    let lastMs = Date.now();
    const { intervalSeconds } = settings;
    // A probe and the examination that confirms it.
    const longestSeconds = 2 * limitOf(settings);
    const server = openMetricsServer(values, { intervalSeconds, longestSeconds, lastMs: () => lastMs });
    server.listen(DOCTOR_PORTS.metrics);
    const ended = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const)
        process.on(signal, () => {
            ended.abort();
            server.close();
            process.exit(0);
        });
    const onChange = (change: Change): void => {
        console.log(logLine(change));
    };
    const onRound = (): void => {
        lastMs = Date.now();
    };
    const once = (whole: boolean): Promise<Examination> => examine(settings, whole);
    await keepWatch({ examine: once, intervalSeconds, values, onChange, onRound, signal: ended.signal });
}

const [role = "watch"] = process.argv.slice(2);
if (role === "answer") {
    const servers = serveAnswers();
    process.on("SIGTERM", () => {
        for (const server of servers) server.close();
        process.exit(0);
    });
} else {
    watchCluster().catch((error: unknown) => {
        const message = error instanceof UserError ? error.message : ((error as Error).stack ?? String(error));
        console.error(JSON.stringify({ time: new Date().toISOString(), level: "error", message }));
        process.exit(1);
    });
}
