import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { resolveBackend, type BackendArgs } from "../../../components/backend";
import { assertRefused, refusalsOf } from "./refusals";

const LEAST: BackendArgs = { namespace: "shop", sidecarHash: "abc" };

describe("Backend", () => {
    it("answers with a greeting when nothing is said", () => {
        const { text, image, imagePullPolicy, readyTimeoutSeconds } = resolveBackend("x", LEAST);
        assert.match(image, /^docker\.io\/hashicorp\/http-echo:\d/);
        assert.deepEqual([text, imagePullPolicy, readyTimeoutSeconds], ["hello from the backend", "IfNotPresent", 300]);
    });

    it("refuses what is empty, out of range, huge or of another type", () => {
        assertRefused(resolveBackend, LEAST, {
            namespace: ["", "Shop", 5],
            sidecarHash: ["", " ", 5, null],
            image: ["", "http-echo", "docker.io/hashicorp/http-echo:", 5, `a:${"b".repeat(1000)}`],
            imagePullPolicy: ["Sometimes"],
            resources: [{ requests: { cpu: "10m" } }, { requests: { memory: "1Ti" }, limits: { memory: "1Gi" } }, null],
            serviceName: ["", "Orders", "1st", "orders-", "a".repeat(64), null],
            text: ["", "a".repeat(10_001), "a\0b", 5],
            readyTimeoutSeconds: [0, 9, 3601, "60", NaN],
        });
    });

    it("needs namespace and sidecarHash, and takes both from other resources", () => {
        const keys = refusalsOf(() => resolveBackend("x", {} as BackendArgs)).map(({ key }) => key);
        assert.deepEqual(keys, ["namespace", "sidecarHash"]);
        const args = { namespace: pulumi.output("shop"), sidecarHash: pulumi.output("abc") };
        assert.equal(resolveBackend("x", args).sidecarHash, args.sidecarHash);
    });
});
