import assert from "node:assert/strict";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import type { Cluster } from "../../../lab/cluster";
import { ask, makeGuest, removeGuest } from "../support/guestNamespace";
import { acceptedSpans, freshContext, load, request } from "../support/mesh";
import { eventually, kubectl, labWithProgram, podUids, program } from "../support/sharedLab";

/** The frontend's own loop is at rest, so that every span counted comes from the requests of the test. */
const QUIET = { "demo.intervalSeconds": "3600" };
const STRICT = { ...QUIET, "istio.mtlsMode": "STRICT", "istio.replicas": '{"min":2,"max":2}' };
const REQUESTS = 200;

describe("STRICT mutual TLS with two istiods", () => {
    let lab: Cluster;
    let pods: Record<string, string[]>;
    before(async () => {
        lab = await labWithProgram();
        makeGuest(lab);
        assert.equal((await program(lab, "up", QUIET)).failed, undefined);
        pods = await eventually(30, () => {
            const now = podUids(lab);
            return Promise.resolve(now["frontend"]?.length === 1 ? now : "the frontend is still rolling");
        });
        assert.deepEqual(ask(lab, "bystander"), ["200"]);
        assert.equal((await program(lab, "up", STRICT)).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        removeGuest(lab);
    });

    it("keeps plain text out", async () => {
        await eventually(15, () => Promise.resolve(ask(lab, "bystander")[0] === "000" ? true : "it is still let in"));
    });

    it("loses no span: each request leaves one of either sidecar in a Jaeger without a sidecar", async () => {
        const before = await resting(lab);
        assert.equal(load(lab, REQUESTS), REQUESTS);
        await eventually(20, () => {
            const more = acceptedSpans(lab) - before;
            return Promise.resolve(more === REQUESTS * 2 ? true : `${String(more)} spans`);
        });
        const containers = "jsonpath={.items[*].spec['initContainers','containers'][*].name}";
        const names = kubectl(lab, "get", "pods", "-n", "istio-system", "-l", "app=jaeger", "-o", containers).split(
            " ",
        );
        // A pod of before may still be ending.
        assert.deepEqual([...new Set(names)], ["jaeger"]);
    });

    it("joins traces as before, and has restarted nothing", async () => {
        const context = freshContext();
        assert.equal(request(lab, context.header), "200");
        const jaeger = new JaegerClient(lab.jaegerUrl);
        await eventually(15, async () => {
            const trace = await jaeger.trace(context.traceId);
            return trace === undefined ? "no span" : (whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true);
        });
        assert.deepEqual(podUids(lab), pods);
    });

    it("has two istiods, of which a disruption budget keeps one, and no autoscaler", () => {
        const get = (kind: string, path: string): string =>
            kubectl(lab, "get", kind, "-n", "istio-system", "istiod", "--ignore-not-found", "-o", `jsonpath=${path}`);
        assert.equal(get("deployment", "{.status.readyReplicas}"), "2");
        assert.equal(get("poddisruptionbudget", "{.spec.minAvailable} {.status.disruptionsAllowed}"), "1 1");
        assert.equal(get("horizontalpodautoscaler", "{.metadata.name}"), "");
    });
});

/** Spans that Jaeger accepted, once no more arrive. */
async function resting(lab: Cluster): Promise<number> {
    let last = acceptedSpans(lab);
    const { now } = await eventually(30, async () => {
        await new Promise((resolve) => setTimeout(resolve, 2000));
        const current = acceptedSpans(lab);
        if (current === last) return { now: current };
        last = current;
        return "spans still arrive";
    });
    return now;
}
