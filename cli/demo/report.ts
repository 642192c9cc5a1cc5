import pc from "picocolors";
import { clusterStatus, type Cluster } from "../../lab/cluster";
import type { ProgramResult } from "../../lab/programResult";
import { describePulumi } from "../../lab/pulumi";
import type { Diagnosis } from "../../doctor";
import { formatPath, verdict } from "../../doctor/report/text";
import { marksOf } from "../../doctor/report/verdict";
import { renderWaterfall } from "../../shared/jaeger/waterfall";
import { formatOutputs } from "../../shared/terminal/outputs";
import type { StepTiming } from "../../shared/terminal/steps";
import { findLogLine } from "./accessLog";
import type { JoinedTrace } from "./joinedTrace";

/** The data that the demo shows at its end. */
export interface DemoReport {
    cluster: Cluster;
    stack: string;
    /** Namespace of the demo. */
    namespace: string;
    program: ProgramResult;
    trace: JoinedTrace;
    timings: StepTiming[];
    /** Seconds from the start of `up` to the first joined trace. */
    traceSeconds: number;
    diagnosis: Diagnosis | undefined;
}

/** The demo's final report as lines: timings, trace, access log, addresses and next commands. */
export async function showDemo(demo: DemoReport): Promise<string[]> {
    const { trace } = demo.trace;
    if (trace === undefined) return [];
    const [frontendLog, backendLog, { memoryMiB }] = await Promise.all([
        findLogLine(demo.cluster.kubeconfig, demo.namespace, "frontend", trace.traceId),
        findLogLine(demo.cluster.kubeconfig, demo.namespace, "backend", trace.traceId),
        clusterStatus(),
    ]);
    return [
        "",
        pc.bold("Steps"),
        ...demo.timings.map((step) => `  ${(step.milliseconds / 1000).toFixed(1).padStart(7)} s  ${step.name}`),
        `  ${demo.traceSeconds.toFixed(1).padStart(7)} s  from the start of up to the first joined trace`,
        `  ${String(Math.round(memoryMiB)).padStart(5)} MiB  memory of the whole lab`,
        `  The program ran with ${demo.program.pulumi === undefined ? "the lab's own engine" : describePulumi(demo.program.pulumi)}.`,
        "",
        pc.bold("The trace, which joins frontend and backend"),
        ...renderWaterfall(trace).map((line) => `  ${line}`),
        "",
        pc.bold("The same trace ID in the access logs of both sidecars"),
        `  frontend: ${frontendLog}`,
        `  backend:  ${backendLog}`,
        "",
        ...describeDiagnosis(demo.diagnosis),
        pc.bold("Addresses on this machine"),
        `  Jaeger  ${demo.cluster.jaegerUrl}/api/traces/${trace.traceId}`,
        "          (the trace as JSON: the lab's Jaeger has the query API and no page; npm run lab -- viewer starts one)",
        `  kubectl --kubeconfig ${demo.cluster.kubeconfig}`,
        "",
        pc.bold("Stack outputs"),
        ...formatOutputs(demo.program.outputs),
        "",
        pc.bold("Next"),
        "  npm run doctor                                 proves that tracing works, or names the fault and the cure",
        "  npm run lab -- exec -- kubectl get pods -A     lists what runs in the lab",
        `  npm run lab -- pulumi preview --stack ${demo.stack}        shows what would change`,
        "  npm run demo:down                              removes everything",
    ];
}

function describeDiagnosis(diagnosis: Diagnosis | undefined): string[] {
    if (diagnosis === undefined) return [];
    return [
        pc.bold("Every segment of a span's way"),
        `  ${formatPath(marksOf(diagnosis))}`,
        `  ${verdict(diagnosis)}`,
        "",
    ];
}
