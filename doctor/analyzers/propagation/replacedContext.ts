import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { exceedsChance } from "./chance";

/** Calls of an application whose trace IDs do not follow those of the requests that it received. */
interface Replaced {
    /** The same in each of them; undefined if each has another. */
    fixed: string | undefined;
    example: string;
    /** What shows it, for people. */
    seen: string;
}

/**
 * An application that received the probes and called others with another trace context than the probes': always the
 * same one, or its own.
 */
export function contextReplaced(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { path, collector } = evidence;
    const found = findReplaced(evidence);
    if (found === undefined) return undefined;
    const { fixed, example, seen } = found;
    const b3 = collector?.kind === "zipkin";
    const header = b3 ? "b3 or x-b3-traceid" : "traceparent";
    const copied = `x-request-id, ${b3 ? "b3 or x-b3-*" : "traceparent, tracestate"}`;
    return draftFor("propagation")({
        id: "context-replaced",
        resource: path.service === undefined ? path.url : `application behind Service ${fullName(path.service)}`,
        expected: `calls that continue the trace of the request: copies of its headers ${copied}`,
        got:
            fixed === undefined
                ? `calls with trace IDs other than those of the requests that it received, such as ${example} ` +
                  `(${seen}): it sends its own ${header}`
                : `calls with the trace ID ${fixed}, regardless of the trace ID of the request that it received ` +
                  `(${seen}): it sends a fixed ${header}`,
        cure:
            fixed === undefined
                ? `Make the application continue the ${header} that it receives: in its tracing library, enable ` +
                  "the propagator for these headers on incoming requests, or copy the headers."
                : `Remove the fixed ${header} from the requests that the application sends, and copy the headers of each request that it receives.`,
        values,
    });
}

/** Trace IDs that the finding about replaced contexts names. */
export function replacedIn(evidence: Evidence): string[] {
    const found = findReplaced(evidence);
    return found === undefined ? [] : [found.fixed ?? found.example];
}

function findReplaced({ probes, fixedContexts = [] }: Evidence): Replaced | undefined {
    const calls = probes.map(({ callsWithOtherContext = [] }) => callsWithOtherContext);
    const [first] = calls.flat();
    const more = exceedsChance(
        calls.map((of) => of.length),
        probes.map(({ othersByChance = 0 }) => othersByChance),
    );
    if (more && first !== undefined) {
        const fixed = calls[0]?.find(({ traceId }) => calls.every((of) => of.some((call) => call.traceId === traceId)));
        const { traceId, operation } = fixed ?? first;
        const seen = `${operation}, during each of ${String(probes.length)} probes`;
        return { fixed: fixed?.traceId, example: traceId, seen };
    }
    const [logged] = fixedContexts;
    if (logged === undefined) return undefined;
    const { pod, traceId, requests } = logged;
    return {
        fixed: traceId,
        example: traceId,
        seen: `for ${String(requests)} requests in the access log of Pod ${pod}`,
    };
}
