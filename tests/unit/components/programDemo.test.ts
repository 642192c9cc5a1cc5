import assert from "node:assert/strict";
import { planFor } from "../../../cli/preflight/program";
import { resolveSettings } from "../../../components/settings";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { at } from "../../../shared/values/plainObjects";

const FAULTS = { demo: '{"scenario":"faults"}' };

const of = (plan: Plan, kind: string, name: string): PlannedResource | undefined =>
    plan.resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);

/** The environment of the frontend's container. */
function frontendEnvironment(plan: Plan): unknown {
    const [container] = at(of(plan, "Deployment", "frontend")?.inputs, "spec", "template", "spec", "containers") as [
        object,
    ];
    return at(container, "env");
}

describe("the scenario of the demo", () => {
    it("has a third service, which the frontend calls, with orders", async () => {
        const plan = await planProgram({ demo: '{"scenario":"orders"}' });
        assert.equal(at(of(plan, "Service", "orders")?.inputs, "metadata", "name"), "orders");
        assert.equal(at(of(plan, "Deployment", "orders")?.inputs, "metadata", "namespace"), "demo");
        assert.match(JSON.stringify(frontendEnvironment(plan)), /"name":"ORDERS_URL","value":"http:\/\/orders"/);
        assert.equal(of(plan, "VirtualService", "orders-faults"), undefined);
    });

    it("makes some requests to it slow and some fail with faults, once istiod can take that", async () => {
        const plan = await planProgram(FAULTS);
        const faults = of(plan, "VirtualService", "orders-faults");
        assert.deepEqual(at(faults?.inputs, "spec", "hosts"), ["orders"]);
        assert.match(JSON.stringify(faults?.inputs), /"httpStatus":503.*"fixedDelay":"2s"/);
        assert.ok(faults?.dependencies.includes("istio-istiod"));
        assert.equal(of(plan, "VirtualService", "backend"), undefined);
    });

    it("has the image, size and pods of the backend in it", async () => {
        const size = { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "300m", memory: "48Mi" } };
        const plan = await planProgram({ ...FAULTS, resources: JSON.stringify({ backend: size }) });
        const containerOf = (name: string): unknown =>
            at(of(plan, "Deployment", name)?.inputs, "spec", "template", "spec", "containers");
        const [orders] = containerOf("orders") as [object];
        const [backend] = containerOf("backend") as [object];
        for (const field of ["image", "resources", "securityContext"])
            assert.deepEqual(at(orders, field), at(backend, field));
    });

    it("asks preflight for the right to write faults only where it makes them", () => {
        const asks = (raw: Record<string, string>): boolean =>
            planFor(resolveSettings(raw)).rights.some(
                ({ resource, namespace }) => resource.startsWith("virtualservices.") && namespace === "demo",
            );
        assert.ok(asks(FAULTS));
        assert.ok(!asks({ demo: '{"scenario":"orders"}' }));
        assert.ok(!asks({ demo: '{"scenario":"faults","deploy":false}' }));
    });
});
