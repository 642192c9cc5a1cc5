import assert from "node:assert/strict";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { Checkout, ended, skipWithoutLab, traces } from "./checkout";

describe("the labs of two checkouts", function () {
    this.timeout(120_000);
    let one: Checkout;
    let other: Checkout;
    let occupant: Server;

    before(skipWithoutLab);
    before(async () => {
        one = new Checkout();
        other = new Checkout();
        occupant = createServer();
        await new Promise<void>((resolve) => {
            occupant.listen(one.identity.apiPort, "127.0.0.1", resolve);
        });
    });
    after(() => {
        occupant.close();
        one.remove();
        other.remove();
    });

    it("differ in name, folder, address and ports", () => {
        for (const field of ["name", "stateDir", "apiPort", "jaegerPort"] as const) {
            assert.notEqual(one.identity[field], other.identity[field]);
        }
    });

    it("come up side by side, also when a port is taken already", async () => {
        const outcomes = await Promise.all([one.startLab("up"), other.startLab("up")].map(ended));
        for (const { code, stderr } of outcomes) assert.equal(code, 0, stderr);
        for (const { kubectl, identity } of [one, other].map((each) => ({
            identity: each.identity,
            kubectl: each.kubectl("get", "nodes", "--output=name"),
        }))) {
            assert.equal(kubectl.stdout, `node/${identity.name}\n`);
        }
        const status = one.lab("status").stdout;
        assert.match(status, /API server: https:\/\/127\.0\.0\.1:\d+/);
        assert.ok(!status.includes(`127.0.0.1:${one.identity.apiPort}\n`), status);
    });

    it("do not end with each other", () => {
        assert.equal(one.lab("down").code, 0);
        assert.deepEqual(traces(one.identity), []);
        assert.match(other.lab("status").stdout, /^The lab is up\./);
        assert.equal(other.kubectl("get", "--raw", "/readyz").stdout, "ok");
    });
});
