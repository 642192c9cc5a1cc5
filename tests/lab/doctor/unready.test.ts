import assert from "node:assert/strict";
import { UserError } from "../../../shared/terminal/errors";
import type { Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { eventually, kubectl, labWithProgram } from "../support/sharedLab";
import { assertHealthy, examine, shell } from "./examine";
import { apply, keepState } from "./faults";

const PATH = { from: "deploy/frontend", namespace: "demo", to: "http://backend" };
const REMOVE = {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: "slim", namespace: "demo" },
    spec: {
        configPatches: [
            {
                applyTo: "CLUSTER",
                match: { cluster: { service: "jaeger-collector.istio-system.svc.cluster.local" } },
                patch: { operation: "REMOVE" },
            },
        ],
    },
};

if (FULL)
    describe("the doctor, with a pod that started without the collector's cluster", () => {
        let lab: Cluster;
        let restore: () => void;
        before(async () => {
            lab = await labWithProgram();
            restore = keepState(lab);
            await assertHealthy(lab, PATH);
        });
        after(() => {
            restore();
        });

        it("says what its sidecar rejects, and its command makes the pod ready and the path whole", async () => {
            apply(lab, REMOVE);
            kubectl(lab, "delete", "pods", "-n", "demo", "-l", "app=frontend", "--wait");
            const message = await eventually(60, async () => {
                const error = await examine(lab, PATH).then(
                    ({ findings }) => new Error(`no error, but ${findings.map(({ id }) => id).join(", ")}`),
                    (thrown: unknown) => thrown as Error,
                );
                return (
                    (error instanceof UserError && error.message.includes("rejects its") && [error.message]) ||
                    error.message
                );
            });
            assert.match(
                message[0] ?? "",
                /the sidecar of Pod demo\/frontend-\S+ rejects its configuration .*EnvoyFilter demo\/slim: a patch with the operation REMOVE/,
            );
            const command = /kubectl delete envoyfilter slim -n demo/.exec(message[0] ?? "")?.[0];
            assert.ok(command !== undefined, message[0]);
            shell(lab, command);
            kubectl(lab, "rollout", "status", "deployment/frontend", "-n", "demo", "--timeout=120s");
            await eventually(60, async () => {
                const { healthy, findings } = await examine(lab, PATH);
                return healthy || findings.map(({ id }) => id).join(", ");
            });
        });
    });
