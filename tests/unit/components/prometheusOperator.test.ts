import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { requireOperator } from "../../../components/prometheusOperator";

describe("a stack's look at the cluster's Prometheus operator", () => {
    const messages: string[] = [];
    const { info } = pulumi.log;
    before(async () => {
        await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
        Object.assign(pulumi.log, { info: (message: string) => Promise.resolve(messages.push(message)) });
    });
    beforeEach(() => {
        messages.length = 0;
    });
    after(() => Object.assign(pulumi.log, { info }));

    /** What it comes to in a cluster that has these CRDs; an error is what a Pulumi says that cannot tell. */
    const looked = (operator: "none" | "jaeger" | "mesh", crds: string[] | Error): Promise<string> => {
        const monitor = pulumi.runtime.getMonitor() as unknown as { existsResource: unknown };
        monitor.existsResource = (
            request: { getId: () => string },
            callback: (error: Error | null, answer?: unknown) => void,
        ) => {
            if (crds instanceof Error) callback(crds);
            else callback(null, { getExists: () => crds.includes(request.getId()), getUnknown: () => false });
        };
        const output = requireOperator(operator) as unknown as { promise: () => Promise<string> };
        return output.promise();
    };
    const crds = ["servicemonitors", "prometheusrules"].map((name) => `${name}.monitoring.coreos.com`);

    it("ends a preview of objects whose kinds are not there, and names them", async () => {
        await assert.rejects(looked("mesh", crds), /expected .*CRDs podmonitors\.monitoring\.coreos\.com/);
        await assert.rejects(looked("jaeger", []), /got none of its CRDs\. Install the Prometheus operator/);
    });

    it("lets objects pass whose kinds are there, and those of which nobody can tell", async () => {
        assert.equal(await looked("jaeger", crds), "accepted");
        assert.equal(await looked("mesh", new Error("unknown method ExistsResource")), "accepted");
        assert.deepEqual(messages, []);
    });

    it("tells of the setting where the cluster has the operator and the stack does not use it", async () => {
        assert.equal(await looked("none", crds), "accepted");
        assert.match(messages.join("\n"), /pulumi config set --path metrics\.operator jaeger/);
        messages.length = 0;
        assert.equal(await looked("none", []), "accepted");
        assert.deepEqual(messages, []);
    });
});
