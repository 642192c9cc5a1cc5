import assert from "node:assert/strict";
import { noMesh } from "../../../doctor/inventory/noMesh";
import type { Discovery } from "../../../doctor/inventory/objects";
import { nextSteps, speakOfSettings } from "../../../doctor/nextSteps";

/** Options of the command, without those of a command for the reader's own machine. */
const OPTIONS = /--(from|to|print-rbac|probe-pod|timeout|requests|context)\b|-n NAMESPACE|JAEGER_LOGIN/;

describe("what the doctor asks people to do", () => {
    const unreadable = {
        istiods: { failure: { kind: "forbidden", reason: "User cannot list deployments" } },
    } as unknown as Discovery;
    afterEach(() => {
        speakOfSettings(false);
    });

    it("names options where somebody runs the command", () => {
        assert.match(noMesh(unreadable).message, /Next: see the required rights with --print-rbac\.$/);
    });

    it("names settings where it runs in the cluster, which has no options", () => {
        speakOfSettings();
        assert.match(noMesh(unreadable).message, /Next: run pulumi up again, which gives the doctor its ClusterRole/);
        for (const step of Object.values<string>({ ...nextSteps() })) assert.doesNotMatch(step, OPTIONS);
    });
});
