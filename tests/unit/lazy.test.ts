import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

describe("parts of Pulumi's SDK that are loaded late", () => {
    it("serialize a function and the packages that it needs", async () => {
        const { text } = await pulumi.runtime.serializeFunction(() => 42);
        assert.match(text, /42/);
        assert.ok((await pulumi.runtime.computeCodePaths()).size > 0);
    });

    it("give the automation API", () => {
        assert.equal(typeof pulumi.automation.LocalWorkspace.create, "function");
    });
});
