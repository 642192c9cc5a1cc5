import pc from "picocolors";
import type { Cluster } from "../../lab/cluster";
import type { Trace } from "../../shared/jaeger/client";
import { firstLine } from "../../shared/terminal/errors";
import { showTraces, tracePage } from "../lab/viewer";

/**
 * Prints the address of a page that shows the trace in the browser, or in one line why there is none. The demo has
 * proved what it promises before, so it never fails here.
 */
export async function showViewer(cluster: Cluster, trace: Trace | undefined): Promise<void> {
    console.log(`\n${pc.dim("· starting the trace viewer")}`);
    try {
        const report = (line: string): void => {
            console.log(pc.dim(`· ${line}`));
        };
        const pages = await showTraces(cluster, report, trace === undefined ? [] : [trace.traceId]);
        console.log(pc.bold("Look at the traces in a browser (Zipkin, with a copy of what Jaeger has)"));
        console.log(`  this trace  ${trace === undefined ? pages.url : tracePage(pages, trace.traceId)}`);
        console.log(`  all traces  ${pages.url}`);
        console.log("  npm run lab -- viewer     copies newer traces");
    } catch (error) {
        const reason = error instanceof Error ? firstLine(error) : String(error);
        console.log(`No page for traces: ${reason} Next: npm run lab -- viewer`);
    }
}
