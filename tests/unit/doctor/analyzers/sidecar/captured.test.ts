import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../../../doctor/segments";
import type { PodObject } from "../../../../../shared/kubernetes/objects";
import { diagnosisOf, findingOf, put } from "../../patient";
import type { Patient } from "../../patientModel";

const NAME = "traffic.sidecar.istio.io/";

/** The command line that Istio's injector writes, with other values. */
function redirect(pod: PodObject, name: string, changes: Record<string, string>): void {
    const flags = { "-p": "15001", "-i": "*", "-x": "", "-b": "*", "-d": "15090,15021,15020", ...changes };
    const args = ["istio-iptables", ...Object.entries(flags).flat(), "--log_output_level=default:info"];
    pod.spec?.initContainers?.push({ name, args });
}

/** What is said of a frontend whose requests reach the backend without its sidecar. */
function leaving(changes: Record<string, string>, more: (patient: Patient) => void = () => undefined): DoctorFinding {
    return findingOf(
        diagnosisOf((patient) => {
            const backend = patient.services.find(({ metadata }) => metadata.name === "backend");
            Object.assign(backend?.spec ?? {}, { clusterIP: "10.96.0.7" });
            redirect(patient.frontend, "istio-init", changes);
            patient.evidence.missing = "frontend";
            patient.evidence.probes = [1, 2, 3].map((index) => direct(index));
            more(patient);
        }),
        "sidecar-bypassed",
    );
}

/** A probe whose own context the backend's sidecar received. */
function direct(index: number): NonNullable<Patient["evidence"]["probes"]>[number] {
    const [traceId, spanId] = [String(index).repeat(32), String(index).repeat(16)];
    const span = { traceId, spanId: "b", parentSpanId: spanId, service: "backend.demo", operation: "/" };
    const tags = { node_id: "sidecar~10.0.0.2~backend-7f9-abc.demo~demo.svc.cluster.local" };
    return {
        answer: { traceId, spanId, requestId: `9-${String(index)}`, status: 200, error: "", unresolved: false },
        trace: { traceId, spans: [{ ...span, tags, startMicros: 1000, durationMicros: 10 }] },
        ...{ seen: true, callsWithoutContext: [], expectedByChance: 0 },
    };
}

describe("requests that the values of Istio's installation lead around a sidecar", () => {
    it("are those to addresses that are not among the included ones", () => {
        const { segment, got, cure, commands } = leaving({ "-i": "10.0.0.0/16" });
        assert.equal(segment, "entry");
        assert.match(
            got,
            /unchanged: global\.proxy\.includeIPRanges of Istio's values is 10\.0\.0\.0\/16, which excludes 10\.96\.0\.7 of Service demo\/backend$/,
        );
        assert.match(cure, /^Correct global\.proxy\.includeIPRanges in the values of istiod's installer \(Helm, /);
        assert.match(commands[0] ?? "", /includeOutboundIPRanges":"10\.0\.0\.0\/16,10\.96\.0\.7\/32"/);
        assert.match(commands[1] ?? "", /^kubectl rollout status deployment\/frontend/);
    });

    it("are those to excluded addresses and ports", () => {
        assert.match(
            leaving({ "-x": "10.96.0.0/12,192.168.0.0/16" }).commands[0] ?? "",
            /IPRanges":"192\.168\.0\.0\/16"/,
        );
        const port = leaving({ "-o": "3306,80" });
        assert.match(port.got, /excludeOutboundPorts of Istio's values is 3306,80, which excludes port 80$/);
        assert.match(port.commands[0] ?? "", /excludeOutboundPorts":"3306"/);
    });

    it("are not explained by ranges that hold the address, nor by a port that is included whatever its address", () => {
        const unexplained = /^No annotation of the pod explains this\./;
        assert.match(leaving({ "-i": "10.96.0.0/12" }).cure, unexplained);
        assert.match(leaving({ "-i": "10.0.0.0/16", "-q": "80" }).cure, unexplained);
    });

    it("are those that reach a port which is not among the included ones", () => {
        const { segment, got, commands } = findingOf(
            diagnosisOf((patient) => {
                Object.assign(patient, { spans: "none", taken: 0 });
                redirect(patient.backend, "istio-init", { "-b": "9090" });
            }),
            "sidecar-bypassed",
        );
        assert.equal(segment, "routing");
        assert.match(got, /includeInboundPorts of Istio's values is 9090, which excludes port 8080$/);
        assert.match(commands[0] ?? "", /includeInboundPorts":"9090,8080"/);
    });

    it("stay the matter of an annotation that somebody wrote, unless the injector wrote its values there", () => {
        const annotate = (value: string) => (patient: Patient) => {
            Object.assign(patient.frontend.metadata, { annotations: { [`${NAME}excludeOutboundPorts`]: "80" } });
            const proxyValues = { excludeOutboundPorts: value };
            const injector = { namespace: "istio-system", revision: "default", config: {}, proxyValues };
            put(patient.discovery, "injectors", injector);
        };
        const own = leaving({ "-o": "80" }, annotate(""));
        assert.match(own.commands[0] ?? "", /excludeOutboundPorts":null/);
        const written = leaving({ "-o": "80" }, annotate("80"));
        assert.match(written.got, /global\.proxy\.excludeOutboundPorts/);
        assert.match(written.commands[0] ?? "", /excludeOutboundPorts":""/);
    });
});
