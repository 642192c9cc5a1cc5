import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { handmadeSlice, REFUSED, silent, UNANSWERED } from "../../remediation/scenarioParts";

const MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
const MIRRORING = "endpointslicemirroring-controller.k8s.io";

/** A collector's Service without a selector, behind which a workload runs that takes spans. */
function byHand(patient: Patient): void {
    Reflect.deleteProperty(patient.collectorService.spec ?? {}, "selector");
    put(patient.discovery, "endpointSlices");
    const ports = [{ name: "grpc-otlp", containerPort: 4317 }];
    const template = { metadata: { labels: { app: "jaeger" } }, spec: { containers: [{ name: "jaeger", ports }] } };
    const selector = { matchLabels: { app: "jaeger" } };
    patient.evidence.workloads = {
        value: [{ kind: "Deployment", metadata: { name: "jaeger" }, spec: { replicas: 1, selector, template } }],
    };
}

describe("an EndpointSlice with an address that no pod has", () => {
    it("is named with who keeps it, beside the right one, and deleted", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.exports = { ...patient.exports, "10.9.9.9:4317": REFUSED };
            handmadeSlice(patient, ["10.9.9.9"]);
        });
        assert.equal(diagnosis.brokenAt, "export");
        assert.deepEqual(foundIn(diagnosis), ["export: collector-endpoint-dead"]);
        const { resource, got, commands } = findingOf(diagnosis, "collector-endpoint-dead");
        assert.equal(resource, "EndpointSlice istio-system/by-hand");
        assert.match(
            got,
            /^10\.9\.9\.9, which no pod of the cluster has \(created manually, without the label endpointslice/,
        );
        assert.deepEqual(commands, ["kubectl delete endpointslice by-hand -n istio-system"]);
    });

    it("loses that address alone where it has others, and is told with its manager", () => {
        const diagnosis = diagnosisOf((patient) => {
            patient.exports = { ...patient.exports, "10.9.9.9:4317": UNANSWERED };
            handmadeSlice(patient, ["10.0.0.9", "10.9.9.9"], { [MANAGED_BY]: "team.example" });
        });
        const { got, commands } = findingOf(diagnosis, "collector-endpoint-dead");
        assert.match(
            got,
            /\(endpointslice\.kubernetes\.io\/managed-by: team\.example\); 18 calls and connections failed/,
        );
        assert.match(
            commands.join(),
            /^kubectl patch endpointslice by-hand .*\[\{"op":"remove","path":"\/endpoints\/1"\}\]'$/,
        );
    });

    it("is deleted once the Service selects its pods, where it stands in their place", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { "10.9.9.9:4317": REFUSED });
            byHand(patient);
            handmadeSlice(patient, ["10.9.9.9"]);
        });
        const { commands } = findingOf(diagnosis, "collector-endpoint-dead");
        assert.match(
            commands[0] ?? "",
            /^kubectl patch service .*"op":"add","path":"\/spec\/selector","value":\{"app":"jaeger"\}/,
        );
        assert.equal(commands[1], "kubectl delete endpointslice by-hand -n istio-system");
        assert.match(commands[2] ?? "", /^kubectl wait /);
    });

    it("is not deleted where the Service would have nothing else", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { "10.9.9.9:4317": REFUSED });
            byHand(patient);
            patient.evidence.workloads = { value: [] };
            handmadeSlice(patient, ["10.9.9.9"]);
        });
        const { cure, commands } = findingOf(diagnosis, "collector-endpoint-dead");
        assert.match(cure, /^Write an address that answers to EndpointSlice istio-system\/by-hand\./);
        assert.deepEqual(commands, []);
    });

    it("is told by the Endpoints object of which it is a copy", () => {
        const diagnosis = diagnosisOf((patient) => {
            silent(patient, { "10.9.9.9:4317": REFUSED });
            byHand(patient);
            handmadeSlice(patient, ["10.9.9.9"], { [MANAGED_BY]: MIRRORING });
        });
        const { resource, got, commands } = findingOf(diagnosis, "collector-endpoint-dead");
        assert.equal(resource, "Endpoints istio-system/jaeger-collector");
        assert.match(got, /created manually, and mirrored in EndpointSlice istio-system\/by-hand/);
        assert.ok(commands.every((command) => !command.includes("delete")));
        assert.match(commands[0] ?? "", /^kubectl patch service jaeger-collector/);
    });

    it("is no fault where the address answers, where nobody calls it and all traces arrive, or where a pod has it", () => {
        const found = (host: string, counts: Record<string, number>, address: string): string[] =>
            foundIn(
                diagnosisOf((patient) => {
                    patient.exports = { ...patient.exports, [host]: counts };
                    handmadeSlice(patient, [address]);
                }),
            );
        assert.deepEqual(found("192.0.2.1:4317", { rq_total: 9, rq_success: 9 }, "192.0.2.1"), []);
        assert.deepEqual(found("192.0.2.1:4317", { rq_total: 0 }, "192.0.2.1"), []);
        assert.deepEqual(found("10.0.0.2:4317", REFUSED, "10.0.0.2"), ["export: export-failing"]);
    });

    it("is not one that Kubernetes writes itself, whose address was that of a pod until now", () => {
        const found = foundIn(
            diagnosisOf((patient) => {
                patient.exports = { ...patient.exports, "10.9.9.9:4317": REFUSED };
                handmadeSlice(patient, ["10.9.9.9"], { [MANAGED_BY]: "endpointslice-controller.k8s.io" });
            }),
        );
        assert.deepEqual(found, ["export: export-failing"]);
    });
});
