import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { planProgram, type PlannedResource } from "../../../plan";

describe("a plan", () => {
    it("asks for no stack trace while it runs, and leaves everything as it was", async () => {
        const traced = pulumi.Resource as unknown as { stackTrace: unknown };
        const before = [Error.stackTraceLimit, traced.stackTrace];
        const seen = new Set<unknown>();
        const resources: PlannedResource[] = [];
        const push = resources.push.bind(resources);
        resources.push = (...items) => {
            seen.add(Error.stackTraceLimit);
            return push(...items);
        };
        await planProgram({}, "test", resources);
        assert.deepEqual([...seen], [0]);
        assert.deepEqual([Error.stackTraceLimit, traced.stackTrace], before);
    });

    it("leaves everything as it was when the settings cannot be used", async () => {
        const before = Error.stackTraceLimit;
        await assert.rejects(planProgram({ samplingPercent: "101" }), { name: "SettingsError" });
        assert.equal(Error.stackTraceLimit, before);
    });
});
