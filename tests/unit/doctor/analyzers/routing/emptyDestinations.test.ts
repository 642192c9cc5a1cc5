import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import { diagnosisOf, findingOf, foundIn, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const AWAY = "outbound|80||empty.demo.svc.cluster.local";

/** A VirtualService of the backend's host with these destinations, and a Service `empty` that selects nothing. */
function routed(patient: Patient, flags: string | undefined, ...route: object[]): void {
    Object.assign(patient, { spans: "none", status: 503, taken: 0, sent: {} });
    const spec = { selector: { app: "nobody" }, ports: [{ name: "http", port: 80 }] };
    patient.services.push({ metadata: { name: "empty", namespace: "demo" }, spec });
    const http = [{ route: route.map((destination) => ({ destination })) }];
    put(patient.discovery, "virtualServices", objectOf("demo", "away", { hosts: ["backend"], http }));
    patient.evidence.responseFlags = flags;
    const upstream = { by: "upstream" as const, cluster: AWAY };
    const logged = { recorded: undefined, traceId: undefined, requestId: undefined, timeMs: undefined };
    patient.evidence.answers = [1, 2, 3].map(() => ({ answeredBy: upstream, ...logged }));
}

function found(flags: string | undefined, ...route: object[]): DoctorFinding {
    const diagnosis = diagnosisOf((patient) => {
        routed(patient, flags, ...route);
    });
    assert.deepEqual(foundIn(diagnosis), ["routing: route-no-endpoints"]);
    return findingOf(diagnosis, "route-no-endpoints");
}

describe("a route that leads nowhere", () => {
    it("is named with the Service that has no ready pod, with and without flags in the log", () => {
        for (const flags of ["UH", undefined]) {
            const { resource, got, cure } = found(flags, { host: "empty" });
            assert.equal(resource, "VirtualService demo/away");
            assert.match(
                got,
                /^503, 503, 503(, response flags UH \(.*\))?: its route for http:\/\/backend\/ points to Service demo\/empty, which has no ready pod$/,
            );
            assert.match(cure, /^Start its pods, or correct its selector: kubectl get pods -n demo\./);
        }
    });

    it("is named with a host that no Service has, and with a port that the Service lacks", () => {
        assert.match(
            found("NC", { host: "backendd" }).got,
            /points to backendd\.demo\.svc\.cluster\.local, which no Service has$/,
        );
        assert.match(
            found("NC", { host: "backend", port: { number: 8080 } }).got,
            /points to port 8080 of Service demo\/backend, which has only 80$/,
        );
    });

    it("is named if it leads only a share of the requests there", () => {
        const { got } = found("UH", { host: "backend" }, { host: "empty" });
        assert.match(got, /points to Service demo\/empty, which has no ready pod$/);
    });

    it("is not blamed for other failures, nor if it leads outside the mesh", () => {
        const ids = (flags: string, host: string): string[] =>
            foundIn(
                diagnosisOf((patient) => {
                    routed(patient, flags, { host });
                }),
            );
        assert.ok(!ids("UT", "empty").includes("routing: route-no-endpoints"));
        assert.ok(!ids("UH", "example.com").includes("routing: route-no-endpoints"));
    });

    it("is not blamed if the Services or the pods could not be read", () => {
        const unread = { failure: { kind: "forbidden", reason: "not you" } };
        const diagnosis = diagnosisOf((patient) => {
            routed(patient, "UH", { host: "gone" });
            Object.assign(patient.discovery, { services: unread });
        });
        assert.ok(!foundIn(diagnosis).includes("routing: route-no-endpoints"));
    });
});
