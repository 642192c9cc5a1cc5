import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";
import { FULL } from "../support/fullRun";
import { labWithProgram } from "../support/sharedLab";
import { examine } from "./examine";
import { apply, keepState } from "./faults";

const DEMO = "demo";
/** Runs of the doctor: the probability that none of them sees a failure among its three probes is 1 in 4096. */
const RUNS = 4;
const PATH = { from: "deploy/frontend", namespace: DEMO, to: "http://backend", requests: 60 };

function route(http: object): object {
    return {
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "half", namespace: DEMO },
        spec: { hosts: ["backend"], http: [http] },
    };
}

const split = {
    route: ["here", "nowhere"].map((subset) => ({ destination: { host: "backend", subset }, weight: 50 })),
};
const subsets = {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name: "half", namespace: DEMO },
    spec: {
        host: "backend.demo.svc.cluster.local",
        subsets: [
            { name: "here", labels: { app: "backend" } },
            { name: "nowhere", labels: { version: "9" } },
        ],
    },
};
const abort = {
    fault: { abort: { httpStatus: 503, percentage: { value: 50 } } },
    route: [{ destination: { host: "backend" } }],
};

const FAULTS: { what: string; objects: object[]; id: string; resource: string; got: RegExp }[] = [
    {
        what: "a route that leads half of them to a subset without pods",
        objects: [subsets, route(split)],
        id: "request-failed",
        resource: "DestinationRule demo/half",
        got: /response flags UH \(.*\): no pod of the target has the labels version=9 of its subset nowhere/,
    },
    {
        what: "a route that aborts half of them",
        objects: [route(abort)],
        id: "route-answers",
        resource: "VirtualService demo/half",
        got: /^fault\.abort 503 for 50 % of requests: /,
    },
];

if (FULL)
    describe("the doctor, with requests of which half fail", () => {
        let lab: Cluster;
        let restore: () => Promise<void>;
        before(async () => {
            lab = await labWithProgram();
            restore = keepState(lab);
        });
        afterEach(async () => {
            await restore();
        });

        for (const { what, objects, id, resource, got } of FAULTS) {
            it(`names ${what}, and never blames storage`, async () => {
                apply(lab, ...objects);
                const found: DoctorFinding[] = [];
                for (let run = 0; run < RUNS; run++) {
                    const { findings } = await examine(lab, PATH);
                    found.push(...findings.filter(({ severity }) => severity !== "info"));
                }
                const others = found.filter((finding) => finding.id !== id);
                assert.deepEqual(
                    others.map((finding) => `${finding.segment}: ${finding.id}: ${finding.got}`),
                    [],
                );
                assert.ok(found.length > 0);
                for (const finding of found) {
                    assert.equal(finding.resource, resource);
                    assert.match(finding.got, got);
                }
            });
        }
    });
