import assert from "node:assert/strict";
import { runPreflight } from "../../../cli/preflight";
import { JaegerClient } from "../../../shared/jaeger/client";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent } from "../../../lab/engine";
import { labSettings } from "../../../lab/program";
import { ask, GUEST, guestLabels, guestPods, makeGuest, removeGuest, startPod } from "../support/guestNamespace";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";

const TRACED = {
    // Nothing is recorded in the mesh, so that every span found is the namespace's own.
    samplingPercent: "0",
    namespaces: JSON.stringify({
        [GUEST]: { samplingPercent: 100, customTags: { team: { literal: { value: GUEST } } } },
    }),
};
const REQUESTS = 10;

function meshRate(lab: Cluster): string {
    const path = "jsonpath={.spec.tracing[0].randomSamplingPercentage}";
    return kubectl(lab, "get", "telemetry", "mesh-default", "-n", "istio-system", "-o", path);
}

describe("a namespace of somebody else's", () => {
    let lab: Cluster;
    let former: ReturnType<typeof guestPods>;
    before(async () => {
        lab = await labWithProgram();
        makeGuest(lab);
        former = guestPods(lab);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        removeGuest(lab);
    });

    const preflight = async (): Promise<string[]> => {
        const raw = { ...labSettings("ci", lab), ...TRACED };
        const { findings } = await runPreflight({ kubeconfig: lab.kubeconfig, raw });
        return findings.map(({ severity, id, got }) => `${severity} ${id}: ${got}`);
    };

    it("is named by preflight for its pods without a sidecar", async () => {
        assert.deepEqual(await preflight(), ["warning traced-namespace-sidecars: no sidecar in bystander"]);
    });

    it("is left alone, and the update fails, where its owner has set the label to another value", async () => {
        kubectl(lab, "label", "namespace", GUEST, "istio-injection=disabled");
        assert.match((await preflight())[0] ?? "", /^error traced-namespace-labels/);
        const { failed } = await program(lab, "up", TRACED);
        assert.match(failed ?? "", /conflict.*istio-injection/s);
        assert.deepEqual(guestLabels(lab), { team: "shop", "istio-injection": "disabled" });
        kubectl(lab, "label", "namespace", GUEST, "istio-injection-");
    });

    it("has its new pods traced at its own rate and with its own tags", async () => {
        const { failed, outputs } = await program(lab, "up", TRACED);
        assert.equal(failed, undefined);
        const effective = outputs["effectiveSampling"] as Record<string, { percent: number; decidedBy: string }>;
        assert.deepEqual(effective[GUEST], { percent: 100, decidedBy: `namespaces.${GUEST}.samplingPercent` });
        assert.deepEqual(effective["demo"], { percent: 0, decidedBy: "samplingPercent" });
        assert.deepEqual(guestLabels(lab), { team: "shop", "istio-injection": "enabled" });
        startPod(lab, "buyer");
        assert.equal(guestPods(lab)["buyer"]?.sidecar, true);
        assert.deepEqual(ask(lab, "buyer", REQUESTS), Array<string>(REQUESTS).fill("200"));
        const jaeger = new JaegerClient(lab.jaegerUrl);
        const traces = await eventually(20, async () => {
            const found = await jaeger.tracesOf(`buyer.${GUEST}`);
            return found.length < REQUESTS ? `${String(found.length)} traces` : found;
        });
        assert.equal(traces.length, REQUESTS);
        for (const { spans } of traces) {
            assert.deepEqual(
                spans.map(({ service, tags }) => [service, tags["team"]]),
                [[`buyer.${GUEST}`, GUEST]],
            );
        }
    });

    it("changes nothing when run a second time", async () => {
        const { summary } = await program(lab, "up", TRACED);
        // The namespace itself is read, and stays its owner's.
        const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0, read: 0 };
        assert.deepEqual({ ...summary, same: 0, read: 0 }, none);
    });

    it("is as it was once it has left the settings, and no pod of it was ever restarted", async () => {
        const { buyer } = guestPods(lab);
        assert.equal((await program(lab, "up")).failed, undefined);
        assert.deepEqual(guestLabels(lab), { team: "shop" });
        assert.equal(kubectl(lab, "get", "telemetry", "-n", GUEST, "-o", "name"), "");
        assert.deepEqual(guestPods(lab), { ...former, buyer });
    });

    it("is never made by the program when it is not there, and stops nothing else", async () => {
        const namespaces = JSON.stringify({ nowhere: { samplingPercent: 5 }, [GUEST]: {} });
        const { failed } = await program(lab, "up", { samplingPercent: "7", namespaces });
        assert.match(failed ?? "", /Namespace nowhere: expected a namespace that its owner has created, got none/);
        assert.match(failed ?? "", /pulumi config rm --path namespaces\.nowhere/);
        assert.equal(kubectl(lab, "get", "namespace", "--ignore-not-found", "nowhere"), "");
        assert.deepEqual([meshRate(lab), guestLabels(lab)["istio-injection"]], ["7", "enabled"]);
    });

    it("stops nothing else once its owner has deleted it, and does not come back when it leaves the settings", async () => {
        removeGuest(lab);
        const events: EngineEvent[] = [];
        const namespaces = JSON.stringify({ [GUEST]: {} });
        assert.equal((await program(lab, "preview", { samplingPercent: "8", namespaces }, events)).failed, undefined);
        assert.match(JSON.stringify(events), new RegExp(`Namespace ${GUEST}: expected a namespace that its owner`));
        const { failed } = await program(lab, "up", { samplingPercent: "8", namespaces });
        assert.match(failed ?? "", new RegExp(`pulumi config rm --path namespaces\\.${GUEST}`));
        assert.equal(meshRate(lab), "8");
        assert.equal((await program(lab, "refresh")).failed, undefined);
        assert.equal((await program(lab, "up")).failed, undefined);
        assert.equal(kubectl(lab, "get", "namespace", "--ignore-not-found", GUEST), "");
        makeGuest(lab);
    });
});
