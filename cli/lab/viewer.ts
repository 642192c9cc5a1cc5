import { provideViewer, runningCluster, type Cluster } from "../../lab/cluster";
import { JaegerClient, type Trace } from "../../shared/jaeger/client";
import { toZipkinSpan } from "../../shared/jaeger/zipkin";
import { UserError } from "../../shared/terminal/errors";
import type { Report } from "../../shared/terminal/steps";

/** The newest traces of each service that the viewer gets, and of how many services. */
const TRACES_OF_A_SERVICE = 100;
const MAX_SERVICES = 20;

/** The name under which Jaeger traces the requests that it answers. */
const JAEGER_ITSELF = "jaeger";

/** Time limit for the viewer to take all spans, in milliseconds. */
const SEND_LIMIT_MS = 30_000;

/** Traces that a person can look at in the browser. */
export interface TracePages {
    /** The viewer's first page. */
    url: string;
    traces: Trace[];
}

/** Starts the viewer and copies the newest traces to it: the command `npm run lab -- viewer`. */
export async function viewer(args: string[]): Promise<number> {
    if (args.length > 0) throw new UserError(`expected no arguments for \`lab viewer\`, got: ${args.join(" ")}`, 2);
    const cluster = await runningCluster();
    if (cluster === undefined) throw new UserError('"viewer" needs the lab, but it is down. Next: npm run demo', 2);
    const { url, traces } = await showTraces(cluster, (line) => {
        console.log(line);
    });
    const spans = traces.flatMap((trace) => trace.spans).length;
    console.log(`Copied ${String(traces.length)} traces with ${String(spans)} spans from Jaeger.`);
    console.log(`Trace viewer: ${url}`);
    console.log("Run the same command again to copy newer traces.");
    return 0;
}

/**
 * Starts the lab's trace viewer if it does not run, and copies the newest traces from Jaeger to it.
 *
 * @param wanted IDs of traces that must be among them.
 * @throws Error if the viewer cannot be fetched or started, or if Jaeger does not answer.
 */
export async function showTraces(cluster: Cluster, report: Report, wanted: string[] = []): Promise<TracePages> {
    const url = await provideViewer(cluster, report);
    const jaeger = new JaegerClient(cluster.jaegerUrl);
    const asked = (await Promise.all(wanted.map((id) => jaeger.trace(id)))).filter((trace) => trace !== undefined);
    const all = [...asked, ...(await newestTraces(jaeger))];
    const traces = [...new Map(all.map((trace) => [trace.traceId, trace])).values()];
    const response = await fetch(`${url}/api/v2/spans`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(traces.flatMap(({ spans }) => spans.map(toZipkinSpan))),
        signal: AbortSignal.timeout(SEND_LIMIT_MS),
    });
    if (!response.ok) throw new Error(`the trace viewer at ${url} refused the spans with ${String(response.status)}`);
    return { url: `${url}/zipkin/`, traces };
}

/** The viewer's page of one trace. */
export function tracePage({ url }: TracePages, traceId: string): string {
    return `${url}traces/${traceId}`;
}

async function newestTraces(jaeger: JaegerClient): Promise<Trace[]> {
    const services = (await jaeger.services()).filter((service) => service !== JAEGER_ITSELF).slice(0, MAX_SERVICES);
    const found = await Promise.all(services.map((service) => jaeger.tracesOf(service, TRACES_OF_A_SERVICE)));
    return found.flat();
}
