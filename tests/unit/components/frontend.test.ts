import assert from "node:assert/strict";
import { resolveFrontend, type FrontendArgs } from "../../../components/frontend";
import { assertRefused, refusalsOf } from "./refusals";

const LEAST: FrontendArgs = { namespace: "shop", sidecarHash: "abc", backendUrl: "http://backend" };

describe("Frontend", () => {
    it("sends a request with a trace context of its own every five seconds when nothing is said", () => {
        const { intervalSeconds, traceContext } = resolveFrontend("x", LEAST);
        assert.deepEqual([intervalSeconds, traceContext], [5, "client"]);
    });

    it("takes every interval from 0.1 to 3600 seconds in steps of 0.1", () => {
        for (const intervalSeconds of [0.1, 0.5, 5, 3600]) {
            assert.equal(resolveFrontend("x", { ...LEAST, intervalSeconds }).intervalSeconds, intervalSeconds);
        }
        assertRefused(resolveFrontend, LEAST, { intervalSeconds: [0, 0.05, 0.15, -5, 3600.1, NaN, "5", null] });
    });

    it("refuses what is empty, huge or of another type", () => {
        assertRefused(resolveFrontend, LEAST, {
            namespace: ["", "a".repeat(64)],
            backendUrl: ["", "backend", "ftp://backend", "http://", "http://back end", 80],
            ordersUrl: ["", "orders", 80, null],
            image: ["curl", ""],
            traceContext: ["", "server", true],
            resources: [{ requests: { cpu: "2" }, limits: { cpu: "1" } }],
        });
    });

    it("needs to be told where requests go", () => {
        const { backendUrl, ...rest } = LEAST;
        const keys = refusalsOf(() => resolveFrontend("x", rest as FrontendArgs)).map(({ key }) => key);
        assert.deepEqual([backendUrl, keys], ["http://backend", ["backendUrl"]]);
    });
});
