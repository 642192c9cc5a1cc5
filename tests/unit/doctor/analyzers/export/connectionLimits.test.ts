import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, HOST, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const CLUSTER = `cluster.outbound|4317||${HOST};`;

/** Calls of which some failed, with a rule for the collector and what the sidecars counted beyond its limits. */
function limited(trafficPolicy: object, overflowed?: number, host = HOST): (patient: Patient) => void {
    return (patient) => {
        put(patient.discovery, "destinationRules", objectOf("istio-system", "limits", { host, trafficPolicy }));
        patient.exports = { "10.0.0.9:4317": { rq_total: 9, rq_success: 6, rq_error: 3, cx_total: 1 } };
        if (overflowed === undefined) return;
        const names = ["upstream_rq_pending_overflow", "upstream_cx_overflow"];
        patient.stats.after = Object.fromEntries(
            names.map((name, index) => [`${CLUSTER}.${name}`, index * overflowed]),
        );
    };
}

const one = { connectionPool: { http: { http2MaxRequests: 1 } } };

describe("a DestinationRule that limits the calls to the collector", () => {
    it("is named with its limit, and the cure raises that limit alone", () => {
        const diagnosis = diagnosisOf(limited({ ...one, tls: { mode: "DISABLE" } }, 3));
        assert.deepEqual(foundIn(diagnosis), ["export: collector-limited"]);
        const { resource, got, commands } = findingOf(diagnosis, "collector-limited");
        assert.equal(resource, "DestinationRule istio-system/limits");
        assert.match(got, /^connectionPool\.http\.http2MaxRequests 1; 6 calls or connections exceeded it$/);
        assert.deepEqual(commands, [
            `kubectl patch destinationrule limits -n istio-system --type=json -p '[{"op":"replace","path":"/spec/trafficPolicy/connectionPool/http/http2MaxRequests","value":1024}]'`,
        ]);
    });

    it("is found by a wildcard, and in the settings of the port", () => {
        const settings = [{ port: { number: 4317 }, connectionPool: { tcp: { maxConnections: 2 } } }];
        const { commands } = findingOf(
            diagnosisOf(limited({ portLevelSettings: settings }, 1, "*.istio-system.svc.cluster.local")),
            "collector-limited",
        );
        assert.match(
            commands.join(),
            /"path":"\/spec\/trafficPolicy\/portLevelSettings\/0\/connectionPool\/tcp\/maxConnections"/,
        );
    });

    it("is only possible, where the sidecars do not count what was beyond it", () => {
        const { got } = findingOf(diagnosisOf(limited(one)), "collector-limited");
        assert.match(got, /do not keep the statistic that shows whether it was reached$/);
    });

    const others: [string, (patient: Patient) => void][] = [
        ["was not reached", limited(one, 0)],
        ["is none", limited({ connectionPool: { http: { http2MaxRequests: 5000 } } }, 3)],
        ["is for another host", limited(one, 3, "other.demo.svc.cluster.local")],
    ];
    for (const [what, harm] of others) {
        it(`is not blamed where the limit ${what}`, () => {
            assert.deepEqual(foundIn(diagnosisOf(harm)), ["export: export-failing"]);
        });
    }
});
