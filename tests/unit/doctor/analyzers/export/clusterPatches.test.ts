import assert from "node:assert/strict";
import { diagnosisOf, findingOf, foundIn, HOST, objectOf, put } from "../../patient";
import type { Patient } from "../../patientModel";
import { ADDRESS, REFUSED, silent } from "../../remediation/scenarioParts";

interface Wish {
    namespace?: string;
    name?: string;
    selector?: Record<string, string>;
    targetRefs?: object[];
}

function filter(patches: object[], { namespace = "demo", name = "slim", selector, targetRefs }: Wish = {}): object {
    return objectOf(namespace, name, {
        configPatches: patches,
        ...(selector && { workloadSelector: { labels: selector } }),
        ...(targetRefs && { targetRefs }),
    });
}

const remove = (match: object = {}): object => ({ applyTo: "CLUSTER", match, patch: { operation: "REMOVE" } });
const merge = (value: object, match: object = {}): object => ({
    applyTo: "CLUSTER",
    match,
    patch: { operation: "MERGE", value },
});

/** Sidecars that lack the collector's cluster, with EnvoyFilters in the mesh. */
function without(...filters: object[]): (patient: Patient) => void {
    return (patient) => {
        silent(patient, {});
        patient.hasCluster = false;
        put(patient.discovery, "envoyFilters", ...filters);
    };
}

/** Sidecars that have it, and that nobody answers. */
function failing(...filters: object[]): (patient: Patient) => void {
    return (patient) => {
        silent(patient, { [ADDRESS]: REFUSED });
        put(patient.discovery, "envoyFilters", ...filters);
    };
}

describe("an EnvoyFilter that takes the collector's cluster from sidecars", () => {
    it("is named with the command that deletes it, by whatever it says which cluster", () => {
        const matches = [
            {},
            { cluster: { service: HOST } },
            { context: "SIDECAR_OUTBOUND", cluster: { portNumber: 4317 } },
            { context: "ANY", cluster: { name: `outbound|4317||${HOST}` } },
            { proxy: { proxyVersion: "^1\\.31.*" }, cluster: { service: HOST, portNumber: 4317 } },
        ];
        for (const match of matches) {
            const diagnosis = diagnosisOf(without(filter([remove(match)])));
            assert.equal(diagnosis.brokenAt, "export");
            assert.deepEqual(foundIn(diagnosis), ["export: collector-cluster-patched"]);
            const { resource, got, cure, commands } = findingOf(diagnosis, "collector-cluster-patched");
            assert.equal(resource, "EnvoyFilter demo/slim");
            assert.match(got, /^a patch with the operation REMOVE, which removes the cluster/);
            assert.match(cure, /envoyfilter demo\/slim, so ask the owner first\.$/);
            assert.deepEqual(commands, ["kubectl delete envoyfilter slim -n demo"]);
        }
    });

    it("loses that patch alone where it has others", () => {
        const lua = { applyTo: "HTTP_FILTER", patch: { operation: "INSERT_BEFORE", value: { name: "lua" } } };
        const diagnosis = diagnosisOf(
            without(filter([remove(), lua, remove({ cluster: { service: HOST } })], { namespace: "istio-system" })),
        );
        const { resource, commands } = findingOf(diagnosis, "collector-cluster-patched");
        assert.equal(resource, "EnvoyFilter istio-system/slim");
        assert.match(
            commands[0] ?? "",
            /'\[\{"op":"remove","path":"\/spec\/configPatches\/2"\},.*configPatches\/0"\}\]'$/,
        );
    });

    it("is none of another namespace, workload, gateway, direction, version, service or port", () => {
        const others = [
            filter([remove()], { namespace: "team-1" }),
            filter([remove()], { selector: { app: "batch" } }),
            filter([remove()], { targetRefs: [{ kind: "Gateway", name: "edge" }] }),
            filter([remove({ context: "SIDECAR_INBOUND" })]),
            filter([remove({ context: "GATEWAY" })]),
            filter([remove({ proxy: { proxyVersion: "^1\\.2\\d.*" } })]),
            filter([remove({ cluster: { service: "backend.demo.svc.cluster.local" } })]),
            filter([remove({ cluster: { portNumber: 80 } })]),
            filter([merge({ connect_timeout: "1s" })]),
        ];
        const diagnosis = diagnosisOf(without(...others));
        assert.deepEqual(foundIn(diagnosis), ["export: collector-not-visible"]);
        const { got, cure } = findingOf(diagnosis, "collector-not-visible");
        assert.match(got, /^Pod demo\/frontend-7f9-abc without it, and no object explains why$/);
        assert.doesNotMatch(cure, /exportTo|Sidecar resource/);
    });

    it("is blamed before a Service that is exported to the namespace after all", () => {
        const diagnosis = diagnosisOf((patient) => {
            without(filter([remove()]))(patient);
            patient.collectorService.metadata.annotations = { "networking.istio.io/exportTo": "demo,istio-system" };
        });
        assert.deepEqual(foundIn(diagnosis), ["export: collector-cluster-patched"]);
    });
});

describe("an EnvoyFilter that changes the collector's cluster", () => {
    it("is named where no call gets through, with the fields that it changes", () => {
        const value = { transport_socket: { name: "envoy.transport_sockets.tls" }, connect_timeout: "1s" };
        const diagnosis = diagnosisOf(failing(filter([merge(value, { cluster: { service: HOST } })])));
        const { got, commands } = findingOf(diagnosis, "collector-cluster-patched");
        assert.match(
            got,
            /MERGE, which changes transport_socket, connect_timeout of the cluster, so that every call fails$/,
        );
        assert.deepEqual(commands, ["kubectl delete envoyfilter slim -n demo"]);
    });

    it("is named where it puts another in its place", () => {
        const value = { name: `outbound|4317||${HOST}`, type: "STATIC" };
        const added = { applyTo: "CLUSTER", patch: { operation: "ADD", value } };
        const diagnosis = diagnosisOf(failing(filter([remove({ cluster: { service: HOST } }), added])));
        assert.match(
            findingOf(diagnosis, "collector-cluster-patched").got,
            /REMOVE and ADD, which replace the cluster/,
        );
    });

    it("is named for all clusters only where nothing else explains it", () => {
        const wide = filter([merge({ load_assignment: {} })]);
        assert.deepEqual(foundIn(diagnosisOf(failing(wide))), ["export: collector-cluster-patched"]);
        const diagnosis = diagnosisOf((patient) => {
            failing(wide)(patient);
            Object.assign(patient.collectorService.spec?.ports?.[0] ?? {}, { targetPort: 14317 });
        });
        assert.deepEqual(foundIn(diagnosis), ["export: collector-target-port"]);
    });

    it("is not blamed for what lets no call fail, nor for a second cluster of the same name", () => {
        const keepalive = merge({ upstream_connection_options: { tcp_keepalive: {} }, commonLbConfig: {} });
        const added = { applyTo: "CLUSTER", patch: { operation: "ADD", value: { name: `outbound|4317||${HOST}` } } };
        assert.deepEqual(foundIn(diagnosisOf(failing(filter([keepalive, added])))), ["export: collector-unreachable"]);
    });
});

describe("a collector that sidecars of a namespace do not get", () => {
    const got = (change: (patient: Patient) => void): string =>
        findingOf(
            diagnosisOf((patient) => {
                without()(patient);
                change(patient);
            }),
            "collector-not-visible",
        ).got;

    it("is hidden by its annotation, by the mesh's default, or by nothing that was read", () => {
        const annotate = (value: string) => (patient: Patient) => {
            patient.collectorService.metadata.annotations = { "networking.istio.io/exportTo": value };
        };
        assert.match(got(annotate(".")), /^networking\.istio\.io\/exportTo: \., so other/);
        assert.match(got(annotate("team-1, istio-system")), /exportTo: team-1, istio-system, so other/);
        assert.match(got(annotate("team-1, demo")), /no object explains why$/);
        assert.match(
            got((patient) => {
                Object.assign(patient.mesh.config, { defaultServiceExportTo: ["."] });
            }),
            /defaultServiceExportTo \. of the mesh configuration istio-system\/istio/,
        );
        assert.match(
            got((patient) => {
                Object.assign(patient.discovery, {
                    envoyFilters: { failure: { kind: "forbidden", reason: "forbidden" } },
                });
            }),
            /envoyFilters could not be read$/,
        );
    });
});
