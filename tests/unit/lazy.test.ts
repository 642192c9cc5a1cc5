import { kubeconfigFor } from "./fakeCluster";
import assert from "node:assert/strict";
import { CoreV1Api } from "@kubernetes/client-node";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { PortForward } from "@kubernetes/client-node/dist/portforward.js";
import * as pulumi from "@pulumi/pulumi";

describe("classes of the Kubernetes client that are loaded late", () => {
    it("are there for whoever uses them", () => {
        const config = new KubeConfig();
        config.loadFromString(kubeconfigFor("https://127.0.0.1:1"));
        assert.equal(typeof config.makeApiClient(CoreV1Api).listNamespacedPod, "function");
        const forward = new PortForward(config);
        assert.equal(typeof forward.portForwardService, "function");
    });
});

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
