import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { binomialBounds } from "../../../doctor/analyzers/sampling/binomial";
import { FULL } from "../support/fullRun";
import { acceptedSpans, admin, load } from "../support/mesh";
import { eventually, labWithProgram, podUids, program } from "../support/sharedLab";

/** The frontend's own loop is at rest, so that every span counted comes from the requests of the test. */
const QUIET = { "demo.intervalSeconds": "3600" };

const RATES = [
    { percent: 25, requests: 3000 },
    { percent: 0, requests: 2000 },
];
const MORE_RATES = [
    { percent: 0.5, requests: 8000 },
    { percent: 100, requests: 2000 },
];

describe("the sampling rate, measured on requests without trace headers", () => {
    let lab: Cluster;
    let pods: Record<string, string[]>;
    before(async () => {
        lab = await labWithProgram();
        assert.equal((await program(lab, "up", QUIET)).failed, undefined);
        pods = await eventually(30, () => {
            const now = podUids(lab);
            return Promise.resolve(now["frontend"]?.length === 1 ? now : "the frontend is still rolling");
        });
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    for (const { percent, requests } of FULL ? [...RATES, ...MORE_RATES] : RATES) {
        it(`records ${String(percent)} percent of the traces, live, without a restart and without a failed request`, async () => {
            assert.equal((await program(lab, "up", { ...QUIET, samplingPercent: String(percent) })).failed, undefined);
            for (const workload of ["frontend", "backend"]) {
                await eventually(30, () => Promise.resolve(liveSampling(lab, workload, percent)));
            }
            // Old filter chains may still serve one last request of an idle connection.
            load(lab, 50);
            const before = await restingSpans(lab);
            assert.equal(load(lab, requests), requests);
            const traces = ((await restingSpans(lab)) - before) / 2;
            const { least, greatest } = binomialBounds(requests, percent / 100);
            assert.ok(
                traces >= least && traces <= greatest,
                `${String(traces)} of ${String(requests)}, expected ${String(least)} to ${String(greatest)}`,
            );
            assert.deepEqual(podUids(lab), pods);
        });
    }
});

/** Whether a sidecar's live configuration has the rate; at 0 percent it has no tracing at all. */
function liveSampling(lab: Cluster, workload: string, percent: number): true | string {
    const dump = admin(lab, workload, "config_dump?resource=dynamic_listeners");
    const rates = [...dump.matchAll(/"random_sampling":\s*\{\s*(?:"value":\s*([\d.]+)\s*)?\}/g)].map((match) =>
        Number(match[1] ?? 0),
    );
    if (percent === 0) return rates.length === 0 ? true : `${workload} still traces`;
    const other = rates.find((rate) => rate !== percent);
    if (rates.length === 0) return `${workload} does not trace`;
    return other === undefined ? true : `${workload} has a listener with ${String(other)} percent`;
}

/** Spans that Jaeger accepted, once no more arrive. */
async function restingSpans(lab: Cluster): Promise<number> {
    let last = acceptedSpans(lab);
    return (
        await eventually(30, async () => {
            await new Promise((resolve) => setTimeout(resolve, 2000));
            const now = acceptedSpans(lab);
            if (now === last) return { now };
            last = now;
            return "spans still arrive";
        })
    ).now;
}
