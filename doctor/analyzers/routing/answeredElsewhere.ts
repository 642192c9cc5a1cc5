import type { Evidence } from "../../evidence";
import { fullName } from "../../inventory/mesh";
import type { DoctorFinding } from "../../segments";
import { routeOnPath, type RouteEffect, type RouteOnPath } from "../../inventory/virtualServices";
import { isOf } from "../../evidence/traceStructure";
import { filtersFor } from "../sidecar/envoyFilters";
import { draftFor } from "../draft";

const make = draftFor("routing");

/** Requests that never come to the pods of the path: their own sidecar answers, or a route leads them away. */
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
        // Without a log that says who answered, the status shows it.
        if (bySidecar > 0 || (!seen && statuses.includes(own.status))) return byRoute(route, own, evidence, values);
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
        return ledAway(route, away, values);
    const succeeded = statuses.length > 0 && statuses.every((status) => status > 0 && status < 500);
    return bySidecar === probes.length && succeeded && statuses.every((status) => status !== 403)
        ? bySomethingElse(evidence, values)
        : undefined;
}

/** The cluster to which the source's sidecar has sent the probes, when it is none of the path's host. */
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
    const flags = responseFlags === undefined ? "" : `, response flags ${responseFlags}`;
    return make({
        id: "route-answers",
        resource: `VirtualService ${fullName(object)}`,
        expected: "a route that leads requests to the application",
        got: `${ANSWERS[how]} ${String(status)}${share}: the sidecar of the source answers by itself (${values["answers"] ?? ""}${flags})`,
        cure: `Take that out of its route for ${path.url}, or probe a path that it does not answer: --to URL.`,
        values,
    });
}

function noRoute({ object }: RouteOnPath, { path }: Evidence, values: Record<string, string>): DoctorFinding {
    return make({
        id: "route-answers",
        resource: `VirtualService ${fullName(object)}`,
        expected: "a route that leads requests to the application",
        got: `none of its routes takes a GET of ${path.url}: the sidecar of the source answers by itself (${values["answers"] ?? ""})`,
        cure: "Add a route without a match as the last one, or probe a path that it takes: --to URL.",
        values,
    });
}

function ledAway({ object, effects }: RouteOnPath, cluster: string, values: Record<string, string>): DoctorFinding {
    const [host] = effects.flatMap((effect) => (effect.effect === "leadsAway" ? effect.hosts : []));
    const [authority] = effects.flatMap((effect) => (effect.effect === "rewrites" ? [effect.authority] : []));
    const rewritten = authority === undefined ? "" : `, with the host rewritten to ${authority}`;
    return make({
        id: "route-leads-away",
        resource: `VirtualService ${fullName(object)}`,
        expected: "a route to the pods of the host that was asked for",
        got: `requests go to ${host ?? cluster}${rewritten}, and no sidecar there reported a span`,
        cure: "If that is meant, give the pods behind that host a sidecar, or probe another path (--to URL); else correct the route's destination.",
        values,
    });
}

function bySomethingElse(evidence: Evidence, values: Record<string, string>): DoctorFinding {
    const { source, path } = evidence;
    const filters = source === undefined ? [] : filtersFor(source.pod, evidence);
    const pod = `Pod ${fullName(path.source)}`;
    return make({
        id: "route-answers",
        resource: filters[0] ?? `sidecar of ${pod}`,
        expected: "a route that leads requests to the application",
        got: `the sidecar of ${pod} answers by itself (${values["answers"] ?? ""}), and no VirtualService says so`,
        cure:
            filters.length === 0
                ? "Look at the routes of the sidecar: istioctl proxy-config routes, and whether a Wasm plugin or an external authorizer answers."
                : `Look whether ${filters.join(", ")} answers requests.`,
        values,
    });
}

/** A copy of each request goes to another host: its spans stand in the same trace. */
export function mirrored(evidence: Evidence): DoctorFinding[] {
    const route = routeOnPath(evidence);
    const [mirror] = (route?.effects ?? []).flatMap((effect) => (effect.effect === "mirrors" ? [effect] : []));
    if (route === undefined || mirror === undefined) return [];
    return [
        make({
            id: "route-mirrors",
            severity: "info",
            resource: `VirtualService ${fullName(route.object)}`,
            expected: "to know that a request is not the only one of its trace",
            got: `a copy of each request goes to ${mirror.hosts.join(", ")}; its spans stand in the same trace`,
            cure: "Nothing, if that is meant.",
            values: {},
        }),
    ];
}
