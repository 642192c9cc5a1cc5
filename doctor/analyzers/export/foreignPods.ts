import { labelPairs } from "../../../shared/kubernetes/labelSelectors";
import type { CollectorTarget } from "../../inventory/collector";
import type { Evidence } from "../../evidence";
import type { Taken } from "../../evidence/askReceiver";
import { fullName, isReady, listNames } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { podAddresses, type PodObject } from "../../../shared/kubernetes/objects";
import { distinction, selectAlso } from "../../remediation/selectAlso";
import { protocolSent } from "./protocol";
import { ipOf, type ExportCounts } from "./counts";
import { draftFor } from "../draft";

const ANSWERS: Record<Taken, string> = {
    "otlp-grpc": "it accepts otlp-grpc",
    "otlp-http": "it accepts otlp-http",
    zipkin: "it accepts zipkin",
    "other-grpc": "it uses gRPC but accepts no spans",
    "other-http": "it uses HTTP but accepts no spans",
    closed: "it does not listen",
};

/** Ready pods behind the collector's Service that accept no spans, while others do. */
export function foreignPods(
    evidence: Evidence,
    collector: CollectorTarget,
    counts: ExportCounts[],
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { service, port } = collector;
    const sent = protocolSent(collector);
    const pods = collector.pods.filter(isReady);
    const takes = (pod: PodObject): boolean | undefined => {
        const asked = evidence.receivers.find((receiver) => receiver.pod === fullName(pod));
        return asked === undefined ? byCounts(pod, counts) : asked.taken === sent;
    };
    const foreign = pods.filter((pod) => takes(pod) === false);
    const right = pods.filter((pod) => takes(pod) === true);
    if (service === undefined || foreign.length === 0 || right.length === 0) return undefined;
    const all = counts.reduce((sum, { sent: calls }) => sum + calls, 0);
    const failed = counts.reduce((sum, count) => sum + count.failed, 0);
    const label = distinction(right, foreign);
    const [first] = foreign;
    const asked = evidence.receivers.find(({ pod }) => first !== undefined && pod === fullName(first));
    const selector = labelPairs(service.spec?.selector ?? {});
    return draftFor("export")({
        id: "collector-pod-foreign",
        resource: `Service ${fullName(service)}`,
        expected: `a collector in every pod behind port ${String(port)}`,
        got:
            `of ${String(pods.length)} ready pods, ${listNames(foreign)} ${foreign.length === 1 ? "is not a collector" : "are not collectors"}` +
            `${asked === undefined ? "" : ` (${ANSWERS[asked.taken]} at ${String(asked.port)})`}; ` +
            `${String(failed)} of ${String(all)} export calls failed during the probe`,
        cure:
            `Its selector ${selector.join(",")} also selects them: ` +
            (label === undefined
                ? "use a label that only the collector's pods have."
                : `add ${label.join("=")}, which only the collector's pods have.`),
        commands: label === undefined ? [] : selectAlso(service, label),
        values,
        standing: true,
    });
}

/** A sidecar's counts for a pod; undefined if it did not call the pod. */
function byCounts(pod: PodObject, counts: ExportCounts[]): boolean | undefined {
    const own = podAddresses(pod);
    const calls = counts.flatMap(({ byHost }) =>
        Object.entries(byHost).flatMap(([address, one]) => (own.includes(ipOf(address)) ? [one] : [])),
    );
    if (calls.some(({ succeeded }) => succeeded > 0)) return true;
    return calls.some(({ failed }) => failed > 0) ? false : undefined;
}
