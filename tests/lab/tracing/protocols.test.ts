import assert from "node:assert/strict";
import { RECEIVER_PORTS, type CollectorProtocol } from "../../../shared/names/ports";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import type { Cluster } from "../../../lab/cluster";
import { accessLogLine, freshContext, request } from "../support/mesh";
import { eventually, labWithProgram, podUids, program } from "../support/sharedLab";

const FRONTEND = "frontend.demo";
const BACKEND = "backend.demo";
const HOST = "jaeger-collector.istio-system.svc.cluster.local";

/** Headers by which clients hand their context on, and the protocols under which the mesh understands them. */
const CLIENTS: Record<
    string,
    { headers: (context: ReturnType<typeof freshContext>) => string[]; understood: CollectorProtocol[] }
> = {
    "W3C only": { headers: ({ header }) => [header], understood: ["otlp-grpc", "otlp-http", "zipkin"] },
    "B3 only": {
        headers: ({ traceId, spanId }) => [`x-b3-traceid: ${traceId}`, `x-b3-spanid: ${spanId}`, "x-b3-sampled: 1"],
        understood: ["zipkin"],
    },
    both: {
        headers: ({ header, traceId, spanId }) => [
            header,
            `x-b3-traceid: ${traceId}`,
            `x-b3-spanid: ${spanId}`,
            "x-b3-sampled: 1",
        ],
        understood: ["otlp-grpc", "otlp-http", "zipkin"],
    },
};

describe("the collector's protocol", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    let pods: Record<string, string[]>;
    before(async () => {
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
        pods = podUids(lab);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    for (const protocol of ["otlp-http", "zipkin", "otlp-grpc"] as const) {
        describe(protocol, () => {
            before(async () => {
                const collectorAddress = `${HOST}:${String(RECEIVER_PORTS[protocol])}`;
                const result = await program(lab, "up", { "collector.protocol": protocol, collectorAddress });
                assert.equal(result.failed, undefined);
                await arrives(lab, jaeger);
            });

            it("is changed without restarting a pod", () => {
                assert.deepEqual(podUids(lab), pods);
            });

            for (const [kind, { headers, understood }] of Object.entries(CLIENTS)) {
                const joins = understood.includes(protocol);
                it(`${joins ? "joins" : "does not join"} the trace of a client that sends ${kind}`, async () => {
                    const context = freshContext();
                    assert.equal(request(lab, ...headers(context)), "200");
                    if (!joins) {
                        await new Promise((resolve) => setTimeout(resolve, 2500));
                        assert.equal(await jaeger.trace(context.traceId), undefined);
                        return;
                    }
                    const trace = await eventually(15, async () => {
                        const found = await jaeger.trace(context.traceId);
                        return found === undefined
                            ? "not in Jaeger"
                            : (whyNotJoined(found, FRONTEND, BACKEND) ?? found);
                    });
                    const spans = Object.fromEntries(trace.spans.map((span) => [span.service, span]));
                    assert.equal(spans[FRONTEND]?.parentSpanId, context.spanId);
                    for (const workload of ["frontend", "backend"]) {
                        const line = await accessLogLine(lab, workload, context.traceId);
                        assert.match(line, new RegExp(` span_id=${spans[`${workload}.demo`]?.spanId ?? "none"} `));
                    }
                });
            }
        });
    }
});

/** A change reaches running sidecars within seconds: waits until a request of its own arrives. */
async function arrives(lab: Cluster, jaeger: JaegerClient): Promise<void> {
    await eventually(30, async () => {
        const context = freshContext();
        request(lab, context.header);
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return (await jaeger.trace(context.traceId)) === undefined ? "no span arrives by the new protocol" : true;
    });
}
