import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { changeMesh, describeFaults, patch, type Setting } from "./faults";
import { OUTSIDE_NAME, OUTSIDE_PORTS, resolveOutsideName, startOutsideJaeger } from "../support/outsideJaeger";
import { kubectl, program } from "../support/sharedLab";

const SYSTEM = "istio-system";
const PORT = OUTSIDE_PORTS.plain.grpc;

/** A mesh whose spans leave the cluster. */
function outsideMesh(): Setting {
    let leave: (() => Promise<void>)[] = [];
    return {
        enter: async (lab) => {
            const outside = await startOutsideJaeger(lab);
            leave = [() => Promise.resolve().then(outside.stop), await resolveOutsideName(lab)];
            const settings = { "jaeger.deploy": "false", collectorAddress: `${OUTSIDE_NAME}:${String(PORT)}` };
            assert.equal((await program(lab, "up", settings)).failed, undefined);
            return { jaegerUrl: lab.jaegerUrl };
        },
        leave: async (lab) => {
            for (const undo of leave) await undo();
            assert.equal((await program(lab, "up")).failed, undefined);
        },
    };
}

function serviceEntry(lab: Cluster): string {
    return kubectl(lab, "get", "serviceentries", "-n", SYSTEM, "-o", "name").trim();
}

function changeEntry(lab: Cluster, path: string, value: unknown): void {
    patch(lab, SYSTEM, serviceEntry(lab), { op: "replace", path, value });
}

describeFaults(
    "the way to a collector outside of the cluster",
    [
        ...["TCP", "HTTP"].map((protocol) => ({
            what: `a ServiceEntry whose port is marked as ${protocol}`,
            inject: (lab: Cluster): void => {
                changeEntry(lab, "/spec/ports/0/protocol", protocol);
            },
            id: "collector-port-grpc",
            segment: "export" as const,
            got: new RegExp(`^${protocol}, so sidecars use`),
            full: true,
        })),
        {
            what: "a ServiceEntry that is seen in its own namespace alone",
            inject: (lab) => {
                changeEntry(lab, "/spec/exportTo", ["."]);
            },
            id: "collector-not-visible",
            segment: "export",
            got: /^exportTo \., so other /,
            full: true,
        },
        {
            what: "no ServiceEntry",
            inject: (lab) => {
                kubectl(lab, "delete", serviceEntry(lab), "-n", SYSTEM);
                changeMesh(lab, "opentelemetry", { service: OUTSIDE_NAME, port: PORT });
            },
            id: "provider-host-unknown",
            segment: "sidecar",
            got: new RegExp(`^${OUTSIDE_NAME}, which is not in istiod's registry$`),
            full: true,
        },
        {
            what: "an address in place of a name",
            inject: (lab) => {
                changeMesh(lab, "opentelemetry", { service: lab.identity.nodeAddress, port: PORT });
            },
            id: "provider-host-unknown",
            segment: "sidecar",
            got: /^10\.[\d.]+, which is not in istiod's registry$/,
            full: true,
        },
    ],
    outsideMesh(),
);
