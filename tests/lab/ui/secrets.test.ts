import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { RECEIVER_PORTS } from "../../../shared/names/ports";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent } from "../../../lab/engine";
import { accessLogLine, freshContext } from "../support/mesh";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import { createCertificate, UI_SETTINGS } from "./gateway";

/** Stands for a secret: wherever it is found, a secret would be. */
const CANARY = "canary-7f3b9c2e51";
const COLLECTOR = "jaeger-collector.istio-system.svc.cluster.local";

describe("a secret", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
    });

    for (const protocol of ["otlp-grpc", "zipkin"] as const) {
        describe(`of an application, with ${protocol},`, () => {
            let traceId: string;
            before(async () => {
                const collectorAddress = `${COLLECTOR}:${String(RECEIVER_PORTS[protocol])}`;
                const result = await program(lab, "up", { "collector.protocol": protocol, collectorAddress });
                assert.equal(result.failed, undefined);
                traceId = await eventually(30, async () => {
                    const context = freshContext();
                    askWithSecrets(lab, context.header);
                    await new Promise((resolve) => setTimeout(resolve, 1500));
                    const trace = await new JaegerClient(lab.jaegerUrl).trace(context.traceId);
                    // The second one by the new protocol, since listeners change one after the other.
                    return trace?.spans.length === 2 ? { id: context.traceId } : "no trace of both services";
                }).then(({ id }) => id);
            });
            after(async () => {
                assert.equal((await program(lab, "up")).failed, undefined);
            });

            it("in the query of a URL or in a header is in no trace", async () => {
                const response = await fetch(`${lab.jaegerUrl}/api/traces/${traceId}`);
                const text = await response.text();
                assert.match(text, /http:\/\/backend\/orders\/7"/);
                assert.doesNotMatch(text, new RegExp(CANARY));
            });

            it("is in no access log", async () => {
                for (const workload of ["frontend", "backend"]) {
                    const line = await accessLogLine(lab, workload, traceId);
                    assert.match(line, /"GET \/orders\/7 HTTP/);
                    assert.doesNotMatch(line, new RegExp(CANARY));
                }
            });
        });
    }

    describe("of the configuration", () => {
        const said: EngineEvent[] = [];
        const settings = {
            ...UI_SETTINGS,
            uiBasicAuth: JSON.stringify({ username: "anna", password: CANARY }),
            collectorHeaders: JSON.stringify({ "x-api-key": CANARY }),
        };
        before(async () => {
            createCertificate(lab);
            for (const operation of ["preview", "up"] as const) {
                const result = await program(lab, operation, settings, said);
                assert.equal(result.failed, undefined);
                assert.doesNotMatch(JSON.stringify(result), new RegExp(CANARY));
            }
        });
        after(async () => {
            assert.equal((await program(lab, "up")).failed, undefined);
            kubectl(lab, "delete", "namespace", "istio-ingress", "--wait=false");
        });

        it("is in no line of preview and update, and encrypted in the state", () => {
            assert.doesNotMatch(JSON.stringify(said), new RegExp(CANARY));
            const files = stateFiles(lab);
            assert.ok(files.length > 0);
            for (const file of files) assert.doesNotMatch(readFileSync(file, "utf8"), new RegExp(CANARY), file);
        });

        it("is in no object of the cluster but Secrets, and in no log", () => {
            const kinds = "configmaps,deployments,pods,gateways,virtualservices,envoyfilters,telemetries";
            assert.doesNotMatch(kubectl(lab, "get", kinds, "-A", "-o", "json"), new RegExp(CANARY));
            for (const [namespace, workload] of [
                ["istio-system", "istiod"],
                ["istio-system", "jaeger"],
                ["istio-ingress", "jaeger-gateway"],
                ["demo", "frontend"],
            ] as const) {
                const log = kubectl(lab, "logs", "-n", namespace, `deploy/${workload}`, "--all-containers");
                assert.doesNotMatch(log, new RegExp(CANARY), workload);
            }
        });
    });
});

/** Every file in which the Pulumi that runs the program keeps its state and its settings. */
function stateFiles(lab: Cluster): string[] {
    const { stateDir } = lab.identity;
    return readdirSync(stateDir)
        .filter((name) => /^(stacks|pulumi.*|Pulumi\..*)$/.test(name))
        .map((name) => join(stateDir, name))
        .flatMap((path) =>
            statSync(path).isFile()
                ? [path]
                : readdirSync(path, { withFileTypes: true, recursive: true })
                      .filter((entry) => entry.isFile())
                      .map((entry) => join(entry.parentPath, entry.name)),
        );
}

/** A request as a careless client sends it. */
function askWithSecrets(lab: Cluster, traceparent: string): void {
    const headers = [
        traceparent,
        `authorization: Bearer ${CANARY}`,
        `cookie: session=${CANARY}`,
        `x-api-key: ${CANARY}`,
        `referer: http://shop/?token=${CANARY}`,
    ].flatMap((header) => ["-H", header]);
    const url = `http://backend/orders/7?token=${CANARY}`;
    const curl = ["curl", "-s", "-o", "/dev/null", "--max-time", "10", ...headers, url];
    kubectl(lab, "exec", "-n", "demo", "deploy/frontend", "-c", "frontend", "--", ...curl);
}
