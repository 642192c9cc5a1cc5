import pc from "picocolors";
import { printable } from "../../checks/printable";
import { isLost, isTraceLost, type ChangeRequest, type DuringReport, type Outage } from "../during/request";

/** The command during which the doctor probed. */
export interface ObservedCommand {
    text: string;
    exitCode: number;
    seconds: number;
}

/** Lost requests and traces that the text lists one by one. */
const LISTED = 20;

/** What a change cost, for people. */
export function formatDuring(command: ObservedCommand, report: DuringReport): string {
    const { path, intervalMs, requests, outages, blind, stopped } = report;
    const answered = requests.filter(({ outcome }) => outcome === "answered");
    const failed = requests.filter(({ outcome }) => outcome === "failed");
    const unsent = requests.filter(({ outcome }) => outcome === "unsent");
    const traces = (state: ChangeRequest["trace"]): number => answered.filter(({ trace }) => trace === state).length;
    const every = `one in ${String(intervalMs / 1000)} s`;
    const rows: [string, string][] = [
        [
            "command",
            `${printable(command.text)}: exit code ${String(command.exitCode)} after ${command.seconds.toFixed(1)} s`,
        ],
        ["path", path],
        [
            "requests",
            `${String(requests.length)}, ${every}: ${String(answered.length)} answered, ${mark(failed.length, "failed")}` +
                (unsent.length === 0 ? "" : `, ${String(unsent.length)} not sent because the sending pod was replaced`),
        ],
        ...outages.map((outage): [string, string] => ["failed", describeOutage(outage)]),
        [
            "traces",
            blind === undefined
                ? `of ${String(answered.length)} answered requests: ${String(traces("complete"))} complete, ` +
                  `${mark(traces("incomplete"), "without all spans")}, ${mark(traces("missing"), "not found")}, ` +
                  mark(traces("gone"), "stored and gone again") +
                  (traces("unknown") === 0
                      ? ""
                      : `, ${String(traces("unknown"))} unknown because Jaeger did not answer`)
                : `unknown: ${blind}`,
        ],
        ...(stopped === undefined
            ? []
            : [
                  ["stopped", `no more requests before the command ended, because ${stopped}`] satisfies [
                      string,
                      string,
                  ],
              ]),
    ];
    const lost = requests.filter(isLost);
    const more = lost.length - LISTED;
    return [
        pc.bold("What the command cost"),
        ...rows.map(([what, value]) => `  ${what.padEnd(8)}  ${value}`),
        ...(lost.length === 0 ? [] : ["", pc.bold("Lost")]),
        ...lost.slice(0, LISTED).map((request) => `  ${describeLost(request)}`),
        ...(more > 0 ? [`  and ${String(more)} more; use --json to list all`] : []),
        "",
        verdict(report),
    ].join("\n");
}

/** The same for programs. */
export function duringJson(command: ObservedCommand, { outages, requests, ...report }: DuringReport): string {
    const time = (ms: number | undefined): string | undefined =>
        ms === undefined ? undefined : new Date(ms).toISOString();
    const fields = {
        command,
        ...report,
        outages: outages.map(({ fromMs, toMs, failed }) => ({ from: time(fromMs), to: time(toMs), failed })),
        requests: requests.map(({ atMs, ...request }) => ({ at: time(atMs), ...request })),
    };
    return JSON.stringify(fields, null, 2);
}

function verdict({ requests, intervalMs, blind }: DuringReport): string {
    const failed = requests.filter(({ outcome }) => outcome === "failed").length;
    const lost = requests.filter(isTraceLost).length;
    const hidden = `an outage shorter than ${String(intervalMs / 1000)} s can go unnoticed`;
    if (failed + lost > 0)
        return pc.red(`It cost ${String(failed)} requests, and spans of ${String(lost)} traces; ${hidden}.`);
    if (blind !== undefined) return pc.yellow(`It cost no request that the doctor sent; spans are unknown; ${hidden}.`);
    return pc.green(`It cost no request and no span of those that the doctor sent; ${hidden}.`);
}

function describeLost({ atMs, traceId, outcome, status, reason, trace, without }: ChangeRequest): string {
    const what =
        outcome === "failed"
            ? `request failed: ${status === 0 ? printable(reason) : `HTTP status ${String(status)}`}`
            : trace === "incomplete"
              ? `trace ${traceId} lacks ${without.length === 0 ? "a parent or has several roots" : `spans of ${without.join(", ")}`}`
              : trace === "missing"
                ? `trace ${traceId} was not found`
                : `trace ${traceId} was stored and is gone`;
    return `${clock(atMs)}  ${what}`;
}

function describeOutage({ fromMs, toMs, failed }: Outage): string {
    const until =
        toMs === undefined
            ? "until the end"
            : `until ${clock(toMs)} (at most ${((toMs - fromMs) / 1000).toFixed(1)} s)`;
    return `${String(failed)} from ${clock(fromMs)} ${until}`;
}

function clock(ms: number): string {
    return `${new Date(ms).toISOString().slice(11, 23)}Z`;
}

function mark(count: number, what: string): string {
    const text = `${String(count)} ${what}`;
    return count === 0 ? text : pc.red(text);
}
