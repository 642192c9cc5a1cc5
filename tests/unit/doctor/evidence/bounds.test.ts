import assert from "node:assert/strict";
import { collect, type Access } from "../../../../doctor/connection/access";
import { LOG_BOUNDS, readLogs } from "../../../../doctor/evidence/accessLog";
import { clusterNamed, hostCounts, listenersFor, statistics } from "../../../../doctor/evidence/envoyAdmin";
import type { PodObject } from "../../../../shared/kubernetes/objects";

const TARGET = "outbound|80||backend.demo.svc.cluster.local";
const CLUSTER = "outbound|4317||jaeger.tracing.svc.cluster.local";

/** A parameter of a question to Envoy, as Envoy decodes it. */
function parameter(path: string, name: string): RegExp {
    return new RegExp(new URL(path, "http://envoy/").searchParams.get(name) ?? "never");
}

describe("what the doctor asks of a sidecar", () => {
    it("is the listeners for one port and for what comes in, whatever their addresses", () => {
        const whole = new RegExp(`^(?:${parameter(listenersFor(80), "name_regex").source})$`);
        for (const name of ["virtualInbound", "0.0.0.0_80", "10.0.0.1_80", "::_80"]) assert.match(name, whole);
        for (const name of ["0.0.0.0_8080", "10.0.0.1_180", "virtualOutbound"]) assert.doesNotMatch(name, whole);
    });

    it("is the cluster of the collector and no other of a similar name", () => {
        const similar = [`${CLUSTER}.example`, CLUSTER.replaceAll(".", "-"), `x${CLUSTER}`];
        const whole = new RegExp(`^(?:${parameter(clusterNamed(CLUSTER), "name_regex").source})$`);
        for (const pattern of [whole, parameter(hostCounts(CLUSTER, TARGET), "filter")]) {
            assert.match(CLUSTER, pattern);
            for (const name of similar) assert.doesNotMatch(name, pattern);
        }
        const counts = parameter(hostCounts(undefined, TARGET), "filter");
        for (const name of ["inbound|8080||", "PassthroughCluster", TARGET, TARGET.replace("||", "|v2|")])
            assert.match(name, counts);
        assert.doesNotMatch(TARGET.replace("|80|", "|8080|"), counts);
    });

    it("is the statistics of tracing and of that cluster, in both ways in which Istio names it", () => {
        const pattern = parameter(statistics(CLUSTER), "filter");
        for (const name of [
            `cluster.${CLUSTER};.upstream_rq_503`,
            `cluster.${CLUSTER}.upstream_cx_total`,
            "tracing.zipkin.spans_sent",
        ])
            assert.match(name, pattern);
        assert.doesNotMatch("cluster.outbound|80||backend.demo.svc.cluster.local;.upstream_rq_503", pattern);
    });
});

describe("what the doctor reads at most", () => {
    it("is so much of a command's output, and it says once that there is more", () => {
        let said = 0;
        const { stream, text } = collect(10, () => said++);
        for (const part of ["12345", "67890", "more", "and more"]) stream.write(part);
        assert.equal(text(), "1234567890");
        assert.equal(said, 1);
    });

    const pod = {
        metadata: { name: "p", namespace: "n" },
        spec: { containers: [{ name: "istio-proxy" }] },
    } as PodObject;
    const cutBy = async (log: string): Promise<{ cut: string[]; asked: string }> => {
        let asked = "";
        const access = {
            text: (path: string) => {
                asked = path;
                return Promise.resolve({ value: log });
            },
        };
        const { cut } = await readLogs(access as unknown as Access, [pod], []);
        return { cut, asked };
    };

    it("is the newest lines of an access log, in so many bytes, and it says of which log there are more", async () => {
        const { cut, asked } = await cutBy("a line\n".repeat(10));
        assert.deepEqual(cut, []);
        assert.match(asked, /sinceSeconds=60&tailLines=5000&limitBytes=4194304$/);
        assert.deepEqual((await cutBy("a line\n".repeat(LOG_BOUNDS.lines))).cut, ["n/p"]);
        assert.deepEqual((await cutBy("x".repeat(LOG_BOUNDS.bytes))).cut, ["n/p"]);
    });
});
