import assert from "node:assert/strict";
import type { LoggedRequest } from "../../../../../doctor/evidence/logLine";
import { readLogLine } from "../../../../../doctor/evidence/logLine";
import { routeOnPath } from "../../../../../doctor/inventory/virtualServices";
import { diagnosisOf, evidenceOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const SIDECAR: LoggedRequest["answeredBy"] = { by: "sidecar" };

function logged(answeredBy: LoggedRequest["answeredBy"]): LoggedRequest[] {
    const nothing = { recorded: undefined, traceId: undefined, requestId: undefined, timeMs: undefined };
    return Array.from({ length: 3 }, () => ({ answeredBy, ...nothing }));
}

/** Requests that never come to the backend, though a route for its host is there. */
function routed(http: unknown, answeredBy: LoggedRequest["answeredBy"], status: number, hosts = ["backend"]) {
    return (patient: Patient): void => {
        patient.spans = "none";
        patient.status = status;
        patient.sent = {};
        patient.taken = 0;
        patient.evidence = { answers: logged(answeredBy), logLines: { "demo/frontend-7f9-abc": ["a line"] } };
        put(patient.discovery, "virtualServices", objectOf("demo", "detour", { hosts, http: [http] }));
    };
}

describe("a request that another object answers", () => {
    const cases: [string, unknown, number, RegExp][] = [
        [
            "a direct response",
            { directResponse: { status: 200, body: { string: "hello" } } },
            200,
            /^directResponse 200: /,
        ],
        ["a direct response with an error", { directResponse: { status: 503 } }, 503, /^directResponse 503: /],
        ["a redirect", { redirect: { uri: "/elsewhere" } }, 301, /^a redirect 301: /],
        [
            "a redirect with a code of its own",
            { redirect: { authority: "example.com", redirectCode: 308 } },
            308,
            /^a redirect 308: /,
        ],
        [
            "an injected fault",
            { fault: { abort: { httpStatus: 418, percentage: { value: 100 } } }, route: [] },
            418,
            /^fault\.abort 418: /,
        ],
        [
            "a fault for some requests",
            { fault: { abort: { httpStatus: 500, percentage: { value: 50 } } }, route: [] },
            500,
            /^fault\.abort 500 for 50 % of requests: /,
        ],
    ];
    for (const [what, http, status, got] of cases) {
        it(`names the VirtualService with ${what}`, () => {
            const diagnosis = diagnosisOf(routed(http, SIDECAR, status));
            assert.equal(diagnosis.brokenAt, "routing");
            assert.deepEqual(foundIn(diagnosis), ["routing: route-answers"]);
            const finding = findingOf(diagnosis, "route-answers");
            assert.equal(finding.resource, "VirtualService demo/detour");
            assert.match(finding.got, got);
        });
    }

    it("names it by the status as well, where the log does not say who answered", () => {
        const diagnosis = diagnosisOf(routed({ directResponse: { status: 204 } }, undefined, 204));
        assert.deepEqual(foundIn(diagnosis), ["routing: route-answers"]);
    });

    it("names a VirtualService of which no route takes the request", () => {
        const http = { match: [{ uri: { prefix: "/api" } }], route: [{ destination: { host: "backend" } }] };
        const diagnosis = diagnosisOf(routed(http, SIDECAR, 404));
        assert.match(findingOf(diagnosis, "route-answers").got, /^no route that matches a GET of http:\/\/backend\//);
    });

    it("names the VirtualService to which another hands the request on", () => {
        const diagnosis = diagnosisOf((patient) => {
            routed({ delegate: { name: "inner" } }, SIDECAR, 200)(patient);
            const [outer] = (patient.discovery.virtualServices as { value: unknown[] }).value;
            put(
                patient.discovery,
                "virtualServices",
                outer,
                objectOf("demo", "inner", { http: [{ directResponse: { status: 200 } }] }),
            );
        });
        assert.equal(findingOf(diagnosis, "route-answers").resource, "VirtualService demo/inner");
    });

    it("blames no VirtualService of another host, path or namespace", () => {
        const direct = { directResponse: { status: 200 } };
        const others: [unknown, string[]][] = [
            [direct, ["other"]],
            [{ ...direct, match: [{ uri: { prefix: "/api" } }] }, ["backend"]],
            [{ ...direct, match: [{ headers: { "x-test": { exact: "1" } } }] }, ["backend"]],
            [{ ...direct, match: [{ sourceLabels: { app: "other" } }] }, ["backend"]],
        ];
        for (const [http, hosts] of others) {
            const diagnosis = diagnosisOf(routed(http, undefined, 200, hosts));
            assert.ok(!foundIn(diagnosis).includes("routing: route-answers"), JSON.stringify(http));
        }
    });

    it("names an EnvoyFilter where the sidecar answers and no VirtualService says so", () => {
        const diagnosis = diagnosisOf((patient) => {
            routed({}, SIDECAR, 200, ["other"])(patient);
            put(patient.discovery, "envoyFilters", objectOf("demo", "lua", { configPatches: [] }));
        });
        assert.equal(findingOf(diagnosis, "route-answers").resource, "EnvoyFilter demo/lua");
    });
});

describe("a request that a route leads elsewhere", () => {
    const away: LoggedRequest["answeredBy"] = { by: "upstream", cluster: "outbound|80||other.shop.svc.cluster.local" };

    it("names the VirtualService and where it leads", () => {
        const route = [{ destination: { host: "other.shop.svc.cluster.local" } }];
        const diagnosis = diagnosisOf(routed({ route, rewrite: { authority: "other.example" } }, away, 200));
        assert.deepEqual(foundIn(diagnosis), ["routing: route-leads-away"]);
        const { resource, got } = findingOf(diagnosis, "route-leads-away");
        assert.equal(resource, "VirtualService demo/detour");
        assert.match(
            got,
            /^requests go to other\.shop\.svc\.cluster\.local, with the host rewritten to other\.example, /,
        );
    });

    it("is no fault where its pods report spans", () => {
        const diagnosis = diagnosisOf((patient) => {
            routed(
                { mirror: { host: "shadow" }, route: [{ destination: { host: "backend" } }] },
                undefined,
                200,
            )(patient);
            patient.spans = "all";
        });
        assert.deepEqual(foundIn(diagnosis), []);
        assert.match(findingOf(diagnosis, "route-mirrors").got, /shadow\.demo\.svc\.cluster\.local/);
    });
});

describe("a request that a route aborts now and then", () => {
    for (const percentage of [undefined, {}, { value: 0 }]) {
        it(`is not aborted by a route without a share (${JSON.stringify(percentage)})`, () => {
            const evidence = evidenceOf((patient) => {
                const fault = { abort: { httpStatus: 503, percentage } };
                const http = [{ fault, route: [{ destination: { host: "backend" } }] }];
                put(patient.discovery, "virtualServices", objectOf("demo", "chaos", { hosts: ["backend"], http }));
            });
            assert.deepEqual(routeOnPath(evidence)?.effects, []);
        });
    }

    it("is told from one that is lost, though the log names the cluster that it was meant for", () => {
        const finding = findingOf(
            diagnosisOf((patient) => {
                const cluster = "outbound|80||backend.demo.svc.cluster.local";
                const fault = { abort: { httpStatus: 503, percentage: { value: 50 } } };
                patient.status = [503, 200, 503];
                patient.evidence = { answers: logged({ by: "upstream", cluster }), responseFlags: "FI" };
                const http = [{ fault, route: [{ destination: { host: "backend" } }] }];
                put(patient.discovery, "virtualServices", objectOf("demo", "chaos", { hosts: ["backend"], http }));
            }),
            "route-answers",
        );
        assert.equal(finding.resource, "VirtualService demo/chaos");
        assert.match(finding.got, /^fault\.abort 503 for 50 % of requests: /);
    });
});

describe("a line of the access log", () => {
    const ours = (status: string, cluster: string): string =>
        `[2026-01-01T10:00:00.000Z] "GET / HTTP/1.1" ${status} duration_ms=1 trace_id=${"a".repeat(32)} span_id=b ` +
        `traceparent=00-${"a".repeat(32)}-${"b".repeat(16)}-01 request_id=11111111-2222-3333-4444-555555555555 upstream_cluster=${cluster} upstream_host=-`;

    it("says who answered, in this program's format, in Istio's own and in JSON", () => {
        const by = (line: string): unknown => readLogLine(line).answeredBy;
        assert.deepEqual(by(ours("200 -", "-")), { by: "sidecar" });
        assert.deepEqual(by(ours("200 -", "outbound|80||backend.demo.svc.cluster.local")), {
            by: "upstream",
            cluster: "outbound|80||backend.demo.svc.cluster.local",
        });
        assert.deepEqual(
            by(
                '[t] "GET / HTTP/1.1" 503 FI fault_filter_abort - "-" 0 18 0 - "-" "curl" "id" "backend" "-" outbound|80||backend.demo.svc.cluster.local',
            ),
            { by: "sidecar" },
        );
        assert.deepEqual(by('{"response_code":200,"upstream_cluster":null}'), { by: "sidecar" });
        assert.deepEqual(by('{"upstream_cluster":"outbound|80||b.c.svc.cluster.local"}'), {
            by: "upstream",
            cluster: "outbound|80||b.c.svc.cluster.local",
        });
        assert.equal(by("anything else"), undefined);
    });

    it("says whether the request was recorded, in which trace and when", () => {
        const { recorded, traceId, requestId, timeMs } = readLogLine(ours("200 -", "-"));
        assert.deepEqual(
            [recorded, traceId, requestId],
            [true, "a".repeat(32), "11111111-2222-3333-4444-555555555555"],
        );
        assert.equal(timeMs, Date.parse("2026-01-01T10:00:00.000Z"));
    });
});
