import assert from "node:assert/strict";
import { BAD_CHARTS } from "./charts";
import { BAD_CNI } from "./cni";
import { CONTRADICTIONS } from "./contradictions";
import { BAD_DOCTOR } from "./doctor";
import { BAD_ADOPTED } from "./adopted";
import { BAD_EXISTING_MESH } from "./existingMesh";
import { BAD_STORAGE } from "./jaeger";
import { BAD_ROLES } from "./jaegerRoles";
import { BAD_KAFKA } from "./kafka";
import { BAD_MESH } from "./mesh";
import { BAD_METRICS } from "./metrics";
import { BAD_OBJECTS } from "./objects";
import { BAD_OWN_NAMESPACES } from "./ownNamespaces";
import { BAD_PODS } from "./pods";
import { BAD_REVISIONS } from "./revision";
import { assertRefused } from "./refusal";
import { BAD_SCALARS } from "./scalars";
import { BAD_TIERS } from "./tier";
import { BAD_UI } from "./ui";
import { BAD_ROUTES } from "./uiRoutes";

describe("a preview refuses, before anything is registered,", () => {
    for (const row of [
        ...BAD_SCALARS,
        ...BAD_OBJECTS,
        ...BAD_MESH,
        ...BAD_STORAGE,
        ...BAD_ROLES,
        ...BAD_KAFKA,
        ...BAD_METRICS,
        ...BAD_TIERS,
        ...BAD_DOCTOR,
        ...CONTRADICTIONS,
        ...BAD_UI,
        ...BAD_ROUTES,
        ...BAD_CHARTS,
        ...BAD_PODS,
        ...BAD_OWN_NAMESPACES,
        ...BAD_CNI,
        ...BAD_ADOPTED,
        ...BAD_EXISTING_MESH,
        ...BAD_REVISIONS,
    ]) {
        const [what, , key] = row;
        it(`${what} (${key})`, () => assertRefused(row));
    }

    it("a header in plain text, without showing it", async () => {
        const config = { collectorAddress: "10.1.2.3:4317", collectorHeaders: '{"x-key":"geheim"}' };
        await assertRefused(["", config, "collectorHeaders", /encrypted$/], []);
        await assert.rejects(assertRefused(["", config, "collectorHeaders", /encrypted$/]), /accepted/);
    });

    it("the password of a chart repository in plain text, without showing it", async () => {
        const access = { "istio.chartSource": "https://charts.example.com", "istio.chartAccess.username": "reader" };
        const config = { ...access, istioChartPassword: "geheim" };
        await assertRefused(["", config, "istioChartPassword", /encrypted$/], []);
    });

    it("a secret in an object that ends in chart values and ConfigMaps", async () => {
        for (const [key, text] of [
            ["istio", '{"values":{"env":{"API_KEY":"geheim"}}}'],
            ["jaeger", '{"config":{"exporters":{"otlp":{"headers":{"x-key":"geheim"}}}}}'],
            ["images", '{"jaeger":"registry.example.com/jaeger:2.13.0"}'],
        ] as const)
            await assertRefused(["", { [key]: text }, key, /no secret/], [key]);
    });
});
