import type { Evidence } from "../evidence";
import { isOf } from "../evidence/traceStructure";
import { fullName } from "../inventory/mesh";
import type { DoctorFinding } from "../segments";
import { draftFor } from "./draft";

/** A larger difference between clocks hides new spans from a search, in seconds. */
const SKEW_SECONDS = 10;
/** Pods whose clocks differ by less have the same one, in seconds. */
const SAME_SECONDS = 5;

/** A pod of the path, and how far its spans start from the time of the requests, in seconds. */
interface Skew {
    pod: string;
    node: string;
    seconds: number;
}

/**
 * Nodes whose clock differs, so that Jaeger's search for the last minutes does not find their spans. The doctor finds
 * its own traces by ID.
 */
export function clockSkew({ probes, probedAt, path }: Evidence): DoctorFinding[] {
    if (probedAt === undefined) return [];
    const spans = probes.flatMap(({ trace }) => trace?.spans ?? []);
    const skews = [path.source, ...path.targets].flatMap((pod): Skew[] => {
        const starts = spans.filter((span) => isOf(span, pod)).map(({ startMicros }) => startMicros / 1000);
        const [first] = starts.map((start) => outside(start, probedAt)).sort((left, right) => left - right);
        return first === undefined ? [] : [{ pod: fullName(pod), node: pod.spec?.nodeName ?? "", seconds: first }];
    });
    const wrong = skews.filter(({ seconds }) => Math.abs(seconds) > SKEW_SECONDS);
    const [worst] = [...wrong].sort((left, right) => Math.abs(right.seconds) - Math.abs(left.seconds));
    if (worst === undefined) return [];
    const nodes = [...new Set(wrong.map(({ node }) => node))].filter((node) => node !== "");
    // Two nodes with the same fault are less likely than one fault of this machine.
    const mine =
        nodes.length > 1 &&
        wrong.length === skews.length &&
        wrong.every(({ seconds }) => Math.abs(seconds - worst.seconds) < SAME_SECONDS);
    const described = wrong.map(({ pod, node, seconds }) => {
        const where = node === "" ? "" : ` on Node ${node}`;
        return `spans of Pod ${pod}${where} start ${String(Math.abs(Math.round(seconds)))} s ${seconds < 0 ? "before" : "after"} its requests`;
    });
    return [
        draftFor("query")({
            id: "clock-skewed",
            severity: mine ? "info" : "warning",
            resource: mine ? "the clock of this machine" : nodes.map((node) => `Node ${node}`).join(", ") || worst.pod,
            expected: "spans that start when their requests are sent",
            got:
                `${described.join("; ")}: Jaeger sorts and searches by that time, so a search in the last minutes ` +
                "can miss them",
            cure: mine
                ? "Synchronize the clock of this machine (chrony, systemd-timesyncd): all pods have the same, " +
                  "different time."
                : `Synchronize the clock of ${nodes.length > 1 ? "these nodes" : "that node"} (chrony, systemd-timesyncd), after the clock of the machine on which the doctor runs, with which it was compared.`,
            values: {},
        }),
    ];
}

/** How far a time is outside of a range, in seconds; negative before it. */
function outside(time: number, { from, to }: { from: number; to: number }): number {
    return (time < from ? time - from : time > to ? time - to : 0) / 1000;
}
