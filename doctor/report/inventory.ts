import { describeDecision } from "../../checks/telemetry/samplingDecision";
import { groupBy } from "../../shared/values/groupBy";
import { enumerate, NAMES } from "../enumerate";
import type { LiveRate } from "../evidence/liveRate";
import type { Inventory } from "../inventory";
import { keyOf, type Rates } from "../inventory/workloadRates";

/** Namespaces and workloads with the same sampling, for people. */
export interface RateRow {
    /** Such as `25 %`. */
    rate: string;
    decidedBy: string;
    who: string;
    /** The live rate of their sidecars; empty if none was examined. */
    live: string;
}

/** The parts of the mesh by label, for people, with the first few of each. */
export function meshFacts({
    controlPlanes,
    telemetries,
    collector,
    jaeger,
    namespaces,
}: Inventory): [string, string][] {
    const [probed, ...others] = controlPlanes;
    const planes = [probed, ...others.slice(0, NAMES)].filter((plane) => plane !== undefined);
    const row = (what: string, values: string[], kind = ""): [string, string][] =>
        values.length === 0 ? [] : [[what, enumerate(values, kind)]];
    return [
        ...planes.map(({ version, revision, namespace, installer, ready, sidecars }): [string, string] => [
            "control plane",
            `${version === "" ? "" : `${version}, `}revision ${revision} in ${namespace}, ${installer}; ` +
                `${String(ready)} istiod ready, ${count(sidecars, "sidecar")}`,
        ]),
        ["mesh config", `ConfigMap ${probed?.configMap ?? ""}; root namespace ${probed?.rootNamespace ?? ""}`],
        ...row(
            "providers",
            (probed?.providers ?? []).map(({ name, kind, address }) => `${name} (${kind} to ${address})`),
        ),
        ...row("default", probed?.defaultProviders ?? []),
        ...row(
            "Telemetry",
            telemetries.map(({ name, scope }) => `${name} for ${scope}`),
        ),
        ...row("collector", collector === undefined ? [] : [collector.behind]),
        [
            "Jaeger",
            `${jaeger.where}, ${jaeger.answers ? `with ${count(jaeger.services, "service")}` : "does not answer"}`,
        ],
        ...row(
            "sidecars",
            // Namespaces with missing sidecars come first.
            [...namespaces]
                .sort((left, right) => right.pods.missing.length - left.pods.missing.length)
                .map(({ namespace, pods }) => {
                    const native = pods.native > 0 && pods.native === pods.injected ? " (native)" : "";
                    const lack = pods.missing.length > 0 ? `, ${String(pods.missing.length)} missing` : "";
                    return `${namespace} ${String(pods.injected)} of ${String(pods.running)} pods${native}${lack}`;
                }),
            "namespaces",
        ),
    ];
}

/** The rates of the mesh: namespaces with the same rate in one row, and workloads with a different one. */
export function rateRows({ namespaces, live, ratesKnown }: Inventory): RateRow[] {
    if (!ratesKnown) return [];
    const all = namespaces.flatMap(({ namespace, sampling, exceptions }) => [
        { name: namespace, workload: false, rates: sampling },
        ...exceptions.map((one) => ({ name: `${namespace}/${one.workload}`, workload: true, rates: one.sampling })),
    ]);
    const exceptional = new Set(all.filter(({ workload }) => workload).map(({ name }) => name));
    const nameOf = ({ workload }: LiveRate): string =>
        exceptional.has(workload) ? workload : (workload.split("/")[0] ?? "");
    return [...groupBy(all, ({ rates }) => keyOf(rates)).values()].map((same) => {
        const names = same.map(({ name }) => name);
        const read = live.filter((rate) => names.includes(nameOf(rate)));
        const [first] = same;
        return {
            rate: first === undefined ? "" : describeRates(first.rates),
            decidedBy: first === undefined ? "" : describeDecisions(first.rates),
            who: enumerate(names),
            live: [...new Set(read.map(({ livePercent }) => showPercent(livePercent)))].join(", "),
        };
    });
}

/** A percentage with at most two decimal places. */
export function showPercent(percent: number): string {
    return `${String(Number(percent.toFixed(2)))} %`;
}

function describeRates({ client, server }: Rates): string {
    const show = ({ percent, reporting }: Rates["client"]): string => (reporting ? showPercent(percent) : "no spans");
    return show(client) === show(server) ? show(client) : `${show(client)} sent, ${show(server)} received`;
}

function describeDecisions({ client, server }: Rates): string {
    const [sent, received] = [describeDecision(client.decidedBy), describeDecision(server.decidedBy)];
    return sent === received ? sent : `${sent}; ${received}`;
}

function count(number: number, what: string): string {
    return `${String(number)} ${what}${number === 1 ? "" : "s"}`;
}
