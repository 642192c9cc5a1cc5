import assert from "node:assert/strict";
import { Checkout, ended, skipWithoutLab, spoken, traces } from "./checkout";

describe("a lab whose `up` was killed", function () {
    this.timeout(120_000);
    let checkout: Checkout;

    before(skipWithoutLab);
    before(() => {
        checkout = new Checkout();
    });
    after(() => {
        checkout.remove();
    });

    it("comes up out of what one leaves that was killed at any moment", async () => {
        // Each is said when the step has ended, so the kill hits what comes right after it; each run begins with what
        // the one before has left.
        for (const moment of ["state folder", "namespaces", "containerd", "API server", "DNS"]) {
            const killed = checkout.startLab("up");
            await spoken(killed, `${moment}:`);
            killed.kill("SIGKILL");
            await ended(killed);
        }
        const { code, stdout, stderr } = checkout.lab("up");
        assert.equal(code, 0, stderr);
        assert.match(stdout, /recreating the lab, because .*; removed \d+ remains/);
        assert.equal(checkout.kubectl("get", "--raw", "/readyz").stdout, "ok");
        checkout.lab("down");
        assert.deepEqual(traces(checkout.identity), []);
    });

    it("leaves nothing when it is taken down instead", async () => {
        const killed = checkout.startLab("up");
        await spoken(killed, "kubelet:");
        killed.kill("SIGKILL");
        await ended(killed);
        assert.match(checkout.lab("status").stdout, /The lab is broken[^]*run `npm run lab -- up`/);
        assert.equal(checkout.lab("down").code, 0);
        assert.deepEqual(traces(checkout.identity), []);
    });

    it("goes back to nothing but its logs when Ctrl-C ends it", async () => {
        const interrupted = checkout.startLab("up");
        await spoken(interrupted, "namespaces:");
        interrupted.kill("SIGINT");
        const { code, stderr } = await ended(interrupted);
        assert.equal(code, 130);
        assert.match(stderr, /interrupted.*logs stay in/);
        assert.deepEqual(traces(checkout.identity), [`path ${checkout.identity.stateDir}`]);
        checkout.lab("down");
        assert.deepEqual(traces(checkout.identity), []);
    });

    it("comes up once when two bring it up at the same time, and the second names the first", async () => {
        const first = checkout.startLab("up");
        await spoken(first, "state folder:");
        const second = checkout.startLab("up");
        const outcomes = await Promise.all([ended(first), ended(second)]);
        assert.deepEqual(
            outcomes.map(({ code }) => code),
            [0, 0],
        );
        assert.match(outcomes[1].stdout, new RegExp(`waiting for \`lab up\` \\(process ${first.pid ?? 0}\\)`));
        assert.match(outcomes[1].stdout, /The lab is already up/);
    });
});
