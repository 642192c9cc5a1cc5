import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";
import { applyCure, assertHealthy } from "../doctor/examine";
import { kubectl, labWith, restore } from "../support/sharedLab";
import { tier } from "../support/tier";
import { changeTier, foundInTier, tierHeals, type TierConfig } from "../support/tierFaults";

const SYSTEM = "istio-system";
const TIER = tier({ slowMs: 60_000, restPercent: 0 }, { routers: { min: 2, max: 2 } });

describe("the doctor, in a mesh with two tiers of Collectors", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith(TIER);
    });
    after(() => restore(lab));

    const change = (edit: (config: TierConfig) => void): (() => void) =>
        changeTier(lab, "statefulset/tracing-sampler", edit);
    const found = (id: string): Promise<DoctorFinding> => foundInTier(lab, id);
    const heals = (): Promise<true> => tierHeals(lab);

    it("finds nothing where they work, and counts what each tier took in and decided", async () => {
        const { segments } = await assertHealthy(lab);
        const storage = segments.find(({ segment }) => segment === "storage");
        assert.match(
            storage?.values["tiers meanwhile"] ?? "",
            /Service istio-system\/tracing-collector accepted \d+ spans; Service istio-system\/tracing-sampler accepted \d+ spans, kept [1-9]\d*/,
        );
    });

    it("tells that its traces were dropped on purpose, and its cure lets them pass", async () => {
        const putBack = change(({ processors }) => {
            const sampler = processors["tail_sampling"];
            if (sampler !== undefined)
                sampler.policies = sampler.policies.filter(({ name }) => name !== "doctor-probe");
        });
        try {
            const finding = await found("dropped-by-tail-sampling");
            assert.equal(finding.segment, "storage");
            assert.match(finding.got, /tail_sampling decided not to keep \d+ traces, on purpose: .*errors, slow/);
            applyCure(lab, finding);
            await heals();
        } finally {
            putBack();
        }
    });

    it("names samplers that are not there", async () => {
        kubectl(lab, "scale", "statefulset/tracing-sampler", "-n", SYSTEM, "--replicas=0");
        kubectl(lab, "wait", "--for=delete", "pod", "-n", SYSTEM, "-l", "app=tracing-sampler", "--timeout=90s");
        const finding = await found("tier-without-samplers");
        assert.match(finding.got, /no ready pod behind Service istio-system\/tracing-sampler/);
        kubectl(lab, "scale", "statefulset/tracing-sampler", "-n", SYSTEM, "--replicas=2");
        kubectl(lab, "rollout", "status", "statefulset/tracing-sampler", "-n", SYSTEM, "--timeout=120s");
        await heals();
    });

    it("names a sampler that evicts traces before it has decided", async () => {
        const putBack = change(({ processors }) => {
            Object.assign(processors["tail_sampling"] ?? {}, { num_traces: 5, decision_wait: "10s" });
        });
        try {
            const finding = await found("traces-evicted-undecided");
            assert.match(finding.got, /\d+ traces that tail_sampling evicted before its decision/);
        } finally {
            putBack();
        }
        await heals();
    });
});
