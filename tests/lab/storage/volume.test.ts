import assert from "node:assert/strict";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import type { Cluster } from "../../../lab/cluster";
import { jaegerProcess, jaegerPod, startInLab } from "../support/jaegerPod";
import { freshContext, request } from "../support/mesh";
import { eventually, kubectl, labWithProgram, podUids, program } from "../support/sharedLab";

const BADGER = { "jaeger.storage": JSON.stringify({ type: "badger", size: "5Gi", retentionHours: 2 }) };
const CLAIMS = ["-n", "istio-system", "-l", "app=jaeger"];

describe("traces on a volume", () => {
    let lab: Cluster;
    let jaeger: JaegerClient;
    let pods: Record<string, string[]>;
    before(async () => {
        lab = await labWithProgram();
        jaeger = new JaegerClient(lab.jaegerUrl);
        pods = podUids(lab);
        await up(BADGER);
    });
    after(async () => {
        await up({});
        kubectl(lab, "delete", "pvc", ...CLAIMS);
    });

    const up = async (settings: Record<string, string>): Promise<object> => {
        const result = await program(lab, "up", settings);
        assert.equal(result.failed, undefined);
        return result.summary;
    };
    const claims = (): string[] =>
        kubectl(lab, "get", "pvc", ...CLAIMS, "-o", "jsonpath={.items[*].metadata.name}")
            .split(" ")
            .filter((name) => name !== "");
    const missing = async (ids: string[]): Promise<string[]> => {
        const lost: string[] = [];
        for (let start = 0; start < ids.length; start += 20) {
            const some = ids.slice(start, start + 20);
            const found = await Promise.all(some.map((id) => jaeger.trace(id)));
            lost.push(...some.filter((_, index) => found[index] === undefined));
        }
        return lost;
    };
    const arrives = (): Promise<true> =>
        eventually(60, async () => {
            const { header, traceId } = freshContext();
            request(lab, header);
            await new Promise((resolve) => setTimeout(resolve, 1500));
            const trace = await jaeger.trace(traceId).catch(() => undefined);
            return trace === undefined
                ? "no trace reaches Jaeger"
                : (whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true);
        });

    it("are those of the mesh, and a second run changes nothing", async () => {
        await arrives();
        assert.deepEqual({ ...(await up(BADGER)), same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
        assert.deepEqual(podUids(lab), pods);
    });

    it("are all there after a kill -9 in the midst of spans, if Jaeger had acknowledged them", async () => {
        const sender = startInLab(
            lab,
            "storage/sendTraces.mjs",
            `http://${jaegerPod(lab).status.podIP}:4318/v1/traces`,
        );
        const restarts = (): number | undefined => jaegerPod(lab).status.containerStatuses[0]?.restartCount;
        const before = restarts();
        const pid = jaegerProcess(lab);
        let acknowledged = 0;
        let killed = false;
        sender.stdout?.on("data", (chunk: Buffer) => {
            acknowledged += chunk.length / 33;
            if (killed || acknowledged < 500) return;
            killed = true;
            process.kill(pid, "SIGKILL");
        });
        assert.ok(sender.stdout);
        const [printed] = await Promise.all([text(sender.stdout), once(sender, "close")]);
        const ids = printed.trim().split("\n");
        assert.ok(ids.length >= 500, `${String(ids.length)} traces were acknowledged`);
        await eventually(60, () => Promise.resolve(restarts() === before ? "Jaeger was not restarted" : true));
        await eventually(60, () =>
            jaeger.services().then(
                () => true as const,
                (error: unknown) => `Jaeger does not answer: ${String(error)}`,
            ),
        );
        assert.deepEqual(await missing(ids), []);
    });

    it("stay on the volume when the storage becomes memory, and tracing goes on there and back", async () => {
        const first = claims();
        await up({});
        assert.deepEqual(claims(), first);
        await arrives();
        await up(BADGER);
        assert.equal(claims().length, first.length + 1);
        await arrives();
        assert.deepEqual(podUids(lab), pods);
    });
});
