import { findProvider } from "../../../checks/mesh/objects";
import { mapAt, textAt } from "../../../shared/values/plainObjects";
import { secondsOf } from "../../../shared/values/duration";
import type { Evidence } from "../../evidence";
import { USUAL_PATHS, type CollectorTarget } from "../../inventory/collector";
import { configMapOf } from "../../inventory/mesh";
import { changeProvider } from "../../remediation/provider";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import type { ExportCounts } from "./counts";
import { protocolSent } from "./protocol";

/** Less than the time of a connection within one data center. */
const TOO_SHORT_SECONDS = 0.02;
/** A collector that works answers in less, even on a busy node. */
const SHORT_SECONDS = 0.5;
const TIMEOUT = "3s";

/** The settings of a provider's calls. */
interface Calls {
    /** Where they stand below the provider's kind. */
    below: "http" | "grpc" | undefined;
    path: string | undefined;
    timeout: string | undefined;
}

/**
 * A path that the collector does not have, or a timeout in which it cannot answer, although its pods accept such spans.
 */
export function unfitProvider(
    counts: ExportCounts[],
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { mesh } = evidence;
    const { provider, kind } = collector;
    const calls = callsOf(evidence, collector);
    if (calls === undefined) return undefined;
    const wrongPath = rightPath(calls, evidence, collector);
    const short = isTooShort(calls, counts, evidence, collector);
    if (wrongPath === undefined && !short) return undefined;
    const { below, path, timeout = "" } = calls;
    const late = counts.reduce((sum, count) => sum + count.late, 0);
    const wrong = [
        ...(wrongPath === undefined ? [] : [`the path ${path ?? ""}`]),
        ...(short ? [`the timeout ${timeout}`] : []),
    ];
    const change = { ...(wrongPath !== undefined && { path: wrongPath }), ...(short && { timeout: TIMEOUT }) };
    const settings = mapAt(findProvider(mesh.config, provider), kind, ...(below === undefined ? [] : [below]));
    const changed = { ...settings, ...change };
    return draftFor("export")({
        id: collector.grpc ? "provider-grpc-unfit" : "provider-http-unfit",
        resource: `provider "${provider}" of the mesh configuration ${configMapOf(mesh)}`,
        expected: [
            ...(wrongPath === undefined ? [] : [`the path ${wrongPath}`]),
            ...(short ? [`a timeout that is long enough for an answer, such as ${TIMEOUT}`] : []),
        ].join(" and "),
        got:
            `${wrong.join(" and ")}; with other values, its pods accept the spans` +
            (late > 0 ? `; ${String(late)} calls ended at the timeout` : ""),
        cure: `Set ${Object.entries(change)
            .map((pair) => pair.join(" to "))
            .join(", and ")} in extensionProviders, in the source that Istio's installer uses.`,
        commands: [changeProvider(mesh, collector, below === undefined ? changed : { [below]: changed })],
        values,
        standing: true,
    });
}

function callsOf({ mesh }: Evidence, { provider, kind, grpc }: CollectorTarget): Calls | undefined {
    if (kind !== "opentelemetry" && kind !== "zipkin") return undefined;
    const below = kind === "zipkin" ? undefined : grpc ? "grpc" : "http";
    const settings = mapAt(findProvider(mesh.config, provider), kind, ...(below === undefined ? [] : [below]));
    return { below, path: grpc ? undefined : textAt(settings, "path"), timeout: textAt(settings, "timeout") };
}

/** The path at which the collector's pods accept spans, if the provider has another one. */
function rightPath(
    { path }: Calls,
    { receivers }: Evidence,
    collector: Pick<CollectorTarget, "kind" | "grpc">,
): string | undefined {
    const found = receivers.find(({ taken }) => taken === protocolSent(collector));
    if (path === undefined || found === undefined) return undefined;
    const accepted = found.path ?? USUAL_PATHS[collector.kind === "zipkin" ? "zipkin" : "opentelemetry"];
    return accepted === path ? undefined : accepted;
}

/** True for a timeout that ends calls to a collector that works. */
function isTooShort(
    { timeout }: Calls,
    counts: ExportCounts[],
    { probes, receivers }: Evidence,
    collector: CollectorTarget,
): boolean {
    if (timeout === undefined) return false;
    const works =
        counts.some(({ succeeded }) => succeeded > 0) ||
        probes.some(({ seen }) => seen) ||
        receivers.some(({ taken }) => taken === protocolSent(collector));
    const ended = counts.some(({ late }) => late > 0);
    const seconds = secondsOf(timeout);
    // Envoy does not keep the timeout of every gRPC call, so only its count shows that calls end there.
    const limit = ended ? SHORT_SECONDS : collector.grpc ? 0 : TOO_SHORT_SECONDS;
    // Zero means no timeout.
    return works && seconds > 0 && seconds < limit;
}
