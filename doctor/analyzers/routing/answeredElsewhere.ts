import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { routeOnPath, type RouteEffect, type RouteOnPath } from "../../inventory/virtualServices";
import { describeFlags } from "../../evidence/responseFlags";
import { isOf } from "../../evidence/traceStructure";
import { filtersFor } from "../sidecar/envoyFilters";
import { draftFor } from "../draft";

const make = draftFor("routing");

/** Requests that never reach the pods of the path: the source's sidecar answers, or a route sends them elsewhere. */
export function answeredElsewhere(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { probes, path, answers } = evidence;
    const responding = probes.every(({ trace }) =>
        trace?.spans.some((span) => path.targets.some((pod) => isOf(span, pod))),
    );
    if (responding && probes.length > 0) return undefined;
    const route = routeOnPath(evidence);
    const bySidecar = answers.filter(({ answeredBy }) => answeredBy?.by === "sidecar").length;
    const own = route?.effects.find((effect) => effect.effect === "answers");
    const statuses = probes.map(({ answer }) => answer.status);
    if (route !== undefined && own !== undefined) {
        const seen = answers.some(({ answeredBy }) => answeredBy !== undefined);
        // If no log shows who answered, the status does. A log names the upstream cluster of an aborted request as well.
        const aborted = own.how === "abort" && evidence.responseFlags?.split(",").includes("FI") === true;
        if (bySidecar > 0 || ((aborted || !seen) && statuses.includes(own.status)))
            return byRoute(route, own, evidence, values);
    }
    if (route?.taken === false && bySidecar > 0 && statuses.every((status) => status === 404)) {
        return noRoute(route, evidence, values);
    }
    const away = awayFrom(evidence);
    if (
        route !== undefined &&
        away !== undefined &&
        route.effects.some(({ effect }) => effect === "leadsAway" || effect === "rewrites")
    )
        return routedAway(route, away, values);
    const succeeded = statuses.length > 0 && statuses.every((status) => status > 0 && status < 500);
    return bySidecar === probes.length && succeeded && statuses.every((status) => status !== 403)
        ? answeredByUnknown(evidence, values)
        : undefined;
}

/** The cluster to which the source's sidecar sent the probes, if it does not belong to the path's host. */
function awayFrom({ answers, path }: Evidence): string | undefined {
    const host = path.service?.metadata.name ?? new URL(path.url).hostname;
    const clusters = answers.flatMap(({ answeredBy }) => (answeredBy?.by === "upstream" ? [answeredBy.cluster] : []));
    const [first] = clusters;
    const isOwn = (cluster: string): boolean => cluster.split("|")[3]?.split(".")[0] === host.split(".")[0];
    return first !== undefined && first.startsWith("outbound|") && !clusters.some(isOwn) ? first : undefined;
}

const ANSWERS: Record<Extract<RouteEffect, { effect: "answers" }>["how"], string> = {
    directResponse: "directResponse",
    redirect: "a redirect",
    abort: "fault.abort",
};

function byRoute(
    { object }: RouteOnPath,
    { how, status, percent }: Extract<RouteEffect, { effect: "answers" }>,
    { path, responseFlags }: Evidence,
    values: Record<string, string>,
): DoctorFinding {
    const share = percent < 100 ? ` for ${String(percent)} % of requests` : "";
    const flags = responseFlags === undefined ? "" : `, response flags ${describeFlags(responseFlags)}`;
    return make({
        id: "route-answers",
        resource: `VirtualService ${fullName(object)}`,
        expected: "a route to the application",
        got:
            `${ANSWERS[how]} ${String(status)}${share}: the source's sidecar itself answers ` +
            `(${values["answers"] ?? ""}${flags})`,
        cure: `Remove that from its route for ${path.url}, or probe a path that it does not answer: --to URL.`,
        values,
    });
}

function noRoute({ object }: RouteOnPath, { path }: Evidence, values: Record<string, string>): DoctorFinding {
    return make({
        id: "route-answers",
        resource: `VirtualService ${fullName(object)}`,
        expected: "a route to the application",
        got:
            `no route that matches a GET of ${path.url}: the source's sidecar itself answers ` +
            `(${values["answers"] ?? ""})`,
        cure: "Add a last route without a match, or probe a path that a route matches: --to URL.",
        values,
    });
}

function routedAway({ object, effects }: RouteOnPath, cluster: string, values: Record<string, string>): DoctorFinding {
    const [host] = effects.flatMap((effect) => (effect.effect === "leadsAway" ? effect.hosts : []));
    const [authority] = effects.flatMap((effect) => (effect.effect === "rewrites" ? [effect.authority] : []));
    const rewritten = authority === undefined ? "" : `, with the host rewritten to ${authority}`;
    return make({
        id: "route-leads-away",
        resource: `VirtualService ${fullName(object)}`,
        expected: "a route to the pods of the requested host",
        got: `requests go to ${host ?? cluster}${rewritten}, and no sidecar there reported a span`,
        cure: "If you intend that, inject sidecars into the pods behind that host, or probe another path (--to URL). Otherwise, correct the route's destination.",
        values,
    });
}

function answeredByUnknown(evidence: Evidence, values: Record<string, string>): DoctorFinding {
    const { source, path } = evidence;
    const filters = source === undefined ? [] : filtersFor(source.pod, evidence);
    const pod = `Pod ${fullName(path.source)}`;
    return make({
        id: "route-answers",
        resource: filters[0] ?? `sidecar of ${pod}`,
        expected: "a route to the application",
        got:
            `the sidecar of ${pod} itself answers (${values["answers"] ?? ""}), without a VirtualService that ` +
            "defines it",
        cure:
            filters.length === 0
                ? "Check the routes of the sidecar (istioctl proxy-config routes), and whether a Wasm plugin or an external authorizer answers."
                : `Check whether ${filters.join(", ")} answers requests.`,
        values,
    });
}

/** A copy of each request goes to another host, and its spans belong to the same trace. */
export function mirrored(evidence: Evidence): DoctorFinding[] {
    const route = routeOnPath(evidence);
    const [mirror] = (route?.effects ?? []).flatMap((effect) => (effect.effect === "mirrors" ? [effect] : []));
    if (route === undefined || mirror === undefined) return [];
    return [
        make({
            id: "route-mirrors",
            severity: "info",
            resource: `VirtualService ${fullName(route.object)}`,
            expected: "one request in each trace",
            got: `a copy of each request to ${mirror.hosts.join(", ")}, whose spans belong to the same trace`,
            cure: "If you intend that, do nothing. Otherwise, remove the mirror from the route.",
            values: {},
        }),
    ];
}
