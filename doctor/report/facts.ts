import type { Diagnosis } from "../diagnose";
import { describeDecidedBy } from "./decision";
import { showPercent } from "./inventory";

const SHAPES = { hexadecimal: "32 hexadecimal digits", text: "other text" };

/** The configured, live and measured sampling of the path's first hop, by label. */
export function samplingFacts({ sampling }: Diagnosis): [string, string][] {
    const {
        configuredPercent,
        decidedBy,
        livePercent,
        liveRoute,
        liveRuntime = [],
        requests,
        traces,
        interval,
        foreignIds = [],
    } = sampling;
    const ids = foreignIds.map(({ shape, sent, recorded }) => {
        const what = recorded === 0 ? "never recorded" : "recorded";
        return `of ${SHAPES[shape]}: ${what} (${String(recorded)} of ${String(sent)})`;
    });
    return [
        ["configured", `${showPercent(configuredPercent)}, decided by ${describeDecidedBy(decidedBy)}`],
        [
            "live",
            livePercent === undefined
                ? "not read"
                : `${showPercent(livePercent)} in the sidecar${liveRoute === undefined ? "" : `, from the route ${liveRoute}`}` +
                  (liveRuntime.length === 0 ? "" : `, with ${liveRuntime.join(" and ")} of its runtime`),
        ],
        [
            "measured",
            traces === undefined || interval === undefined
                ? "not measured"
                : `${String(traces)} traces of ${String(requests)} requests; the true share lies between ` +
                  `${showPercent(interval.least)} and ${showPercent(interval.greatest)}`,
        ],
        ...(ids.length === 0 ? [] : [["x-request-id", ids.join("; ")] satisfies [string, string]]),
    ];
}

/** Counts of spans at each stage of their way during the doctor's requests. */
export function lossFacts({ loss }: Diagnosis): [string, string][] {
    const show = (count: number | undefined): string => (count === undefined ? "not counted" : String(count));
    const ifCounted = (count: number | undefined, say: (count: string) => string): string =>
        count === undefined ? show(count) : say(String(count));
    const missing = Object.values(loss.missing).reduce((sum, count) => sum + count, 0);
    const of =
        loss.expected === undefined
            ? ", estimated from traces because the rate is below 100 %"
            : ` of ${String(loss.expected)}`;
    return [
        ["created", ifCounted(loss.made, (made) => `${made}, by the path's sidecars`)],
        [
            "exported",
            ifCounted(
                loss.exportsSucceeded,
                (succeeded) => `in ${succeeded} successful calls; ${show(loss.exportsFailed)} calls failed`,
            ),
        ],
        [
            "accepted",
            ifCounted(loss.accepted, (accepted) => `${accepted} of the whole mesh; ${show(loss.refused)} refused`),
        ],
        ["stored", ifCounted(loss.stored, (stored) => `${stored} of the whole mesh`)],
        [
            "found",
            loss.found === undefined
                ? "not counted, because Jaeger could not be queried"
                : `${show(loss.found)} of the doctor's own; ${String(missing)} missing${of}`,
        ],
    ];
}
