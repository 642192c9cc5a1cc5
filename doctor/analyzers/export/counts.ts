import type { CollectorTarget } from "../../inventory/collector";
import type { HostCounts, SidecarCounts, SidecarEvidence } from "../../evidence/sidecar";
import type { PodObject } from "../../../shared/kubernetes/objects";

/**
 * Calls and their results. No count is negative, and the number of completed calls never exceeds the number of sent
 * calls.
 */
export interface Calls {
    sent: number;
    succeeded: number;
    failed: number;
    connectFailed: number;
    /** Calls that ended because no answer came within the timeout; also among the failed ones. */
    late: number;
}

/** A sidecar's export counts between two readings. */
export interface ExportCounts extends Calls {
    /** The sending pod. */
    pod: PodObject;
    cluster: string;
    /** False if the sidecar has no such cluster. */
    exists: boolean;
    /** True if the sidecar got the cluster during the probe. */
    appeared: boolean;
    hosts: number;
    /** Connection attempts, successful or not. */
    connecting: number;
    /** Connection attempts that timed out; undefined if the sidecar does not keep this statistic. */
    timedOut: number | undefined;
    /** Calls and connections beyond a limit of a DestinationRule; undefined if the sidecar does not keep these. */
    overflowed: number | undefined;
    /** Calls that were answered with a status of 400 to 499; undefined if the sidecar does not keep this statistic. */
    rejected: number | undefined;
    /** True for counts since the sidecar's start, which may contain old failures. */
    sinceStart: boolean;
    /** The same by address, `IP:PORT`, from Envoy's counts for each host. */
    byHost: Record<string, Calls>;
}

/** The IP address of a host with its port, as Envoy writes it, also for IPv6. */
export function ipOf(address: string): string {
    return address.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

/** A sidecar's export counts during the probe, or why they are unknown. */
export function countExports(
    { pod, before, after, sinceStart = false }: SidecarEvidence,
    { cluster, grpc }: Pick<CollectorTarget, "cluster" | "grpc">,
): ExportCounts | string {
    if ("failure" in before) return before.failure.reason;
    if ("failure" in after) return after.failure.reason;
    const [then, now] = [before.value.hosts[cluster] ?? {}, after.value.hosts[cluster] ?? {}];
    const grown = Object.entries(now).map(([address, counts]) => [address, growth(then[address], counts)] as const);
    const byHost = Object.fromEntries(grown.map(([address, counts]) => [address, callsOf(counts)]));
    const stat = (name: string): number | undefined => grownStat(before.value, after.value, cluster, name);
    return {
        ...{ pod, cluster, sinceStart },
        exists: after.value.clusters[cluster] !== undefined,
        appeared:
            !sinceStart && before.value.clusters[cluster] === undefined && after.value.clusters[cluster] !== undefined,
        hosts: Object.keys(now).length,
        ...withClusterStats(add(Object.values(byHost)), grpc, stat),
        connecting: grown.reduce((sum, [, counts]) => sum + (counts["cx_total"] ?? 0), 0),
        timedOut: stat("upstream_cx_connect_timeout"),
        rejected: stat("upstream_rq_4xx"),
        overflowed: sumOf(stat("upstream_rq_pending_overflow"), stat("upstream_cx_overflow")),
        byHost,
    };
}

/** Undefined if one of them is. */
function sumOf(left: number | undefined, right: number | undefined): number | undefined {
    return left === undefined || right === undefined ? undefined : left + right;
}

/** A replaced host or a restarted Envoy counts from zero, in all of its counters. */
function growth(before: HostCounts = {}, after: HostCounts): HostCounts {
    const restarted = Object.entries(before).some(
        ([counter, value]) => !counter.endsWith("_active") && (after[counter] ?? 0) < value,
    );
    if (restarted) return after;
    return Object.fromEntries(
        Object.entries(after).map(([counter, value]) => [counter, value - (before[counter] ?? 0)]),
    );
}

/**
 * Envoy counts a gRPC call that is answered without a gRPC status neither as a success nor as an error. It counts a
 * call whose connection failed as an error that was never sent.
 *
 * Source: https://github.com/envoyproxy/envoy/blob/release/v1.36/source/common/router/router.cc (onUpstreamHeaders)
 */
function callsOf(counts: HostCounts): Calls {
    const of = (counter: string): number => Math.max(0, counts[counter] ?? 0);
    const succeeded = of("rq_success");
    const ended = of("rq_total") - (counts["rq_active"] ?? 0);
    const failed = Math.max(of("rq_error"), ended - succeeded);
    return {
        sent: Math.max(of("rq_total"), succeeded + failed),
        succeeded,
        failed: Math.max(0, failed),
        connectFailed: of("cx_connect_fail"),
        late: of("rq_timeout"),
    };
}

/** Without hosts, there are no counts for them. The cluster's own statistics show more. */
function withClusterStats(calls: Calls, grpc: boolean, stat: (name: string) => number | undefined): Calls {
    const unavailable = stat("upstream_rq_503") ?? 0;
    const rejected = stat("upstream_rq_4xx") ?? 0;
    // Beyond a limit of the cluster, a call reaches no host.
    const beyond = stat("upstream_rq_pending_overflow") ?? 0;
    // Envoy's count of a host treats an answer of 404 as a success, except over gRPC.
    const mistaken = grpc ? 0 : Math.min(rejected, calls.succeeded);
    const succeeded = calls.succeeded - mistaken;
    const failed = Math.max(calls.failed + mistaken, unavailable, rejected, beyond);
    return { ...calls, succeeded, failed, sent: Math.max(calls.sent, succeeded + failed) };
}

function add(all: Calls[]): Calls {
    const sum = (of: (calls: Calls) => number): number => all.reduce((total, calls) => total + of(calls), 0);
    return {
        sent: sum(({ sent }) => sent),
        succeeded: sum(({ succeeded }) => succeeded),
        failed: sum(({ failed }) => failed),
        connectFailed: sum(({ connectFailed }) => connectFailed),
        late: sum(({ late }) => late),
    };
}

/** Undefined if the sidecar does not keep that statistic. */
function grownStat(before: SidecarCounts, after: SidecarCounts, cluster: string, name: string): number | undefined {
    const of = ({ stats }: SidecarCounts): number | undefined =>
        stats[`cluster.${cluster};.${name}`] ?? stats[`cluster.${cluster}.${name}`];
    const now = of(after);
    if (now === undefined) return undefined;
    const then = of(before) ?? 0;
    return now >= then ? now - then : now;
}
