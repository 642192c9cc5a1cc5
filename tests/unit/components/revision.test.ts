import assert from "node:assert/strict";
import { planProgram, type Plan } from "../../../plan";
import { at, mapAt, type PlainObject } from "../../../shared/values/plainObjects";

const FULL = {
    ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", tls: { mode: "secret", secretName: "tls" } }),
    uiBasicAuth: JSON.stringify({ username: "anna", password: "correct-horse-9" }),
    namespaces: JSON.stringify({ shop: {}, other: { injection: "canary" }, left: { injection: "none" } }),
};
const LABELS = ["istio-injection", "istio.io/rev", "sidecar.istio.io/inject"];

const planWith = (revision: object, more: Record<string, string> = {}): Promise<Plan> =>
    planProgram({ ...FULL, ...more, istio: JSON.stringify(revision) });
const inputsOf = ({ resources }: Plan, kind: string, name: string): PlainObject => {
    const found = resources.find((one) => one.type.endsWith(`:${kind}`) && one.name === name);
    return found?.inputs ?? {};
};
const valuesOf = (plan: Plan, name: string): PlainObject => mapAt(inputsOf(plan, "Release", name), "values");

/** Istio's labels on everything that asks for a sidecar. */
function asking(plan: Plan): Record<string, string> {
    const podsOf = (name: string): PlainObject =>
        mapAt(inputsOf(plan, "Deployment", name), "spec", "template", "metadata", "labels");
    const labels: Record<string, PlainObject> = {
        "namespace demo": mapAt(inputsOf(plan, "Namespace", "demo"), "metadata", "labels"),
        "namespace shop": mapAt(inputsOf(plan, "NamespacePatch", "traced-shop-injection"), "metadata", "labels"),
        "namespace other": mapAt(inputsOf(plan, "NamespacePatch", "traced-other-injection"), "metadata", "labels"),
        "pods of frontend": podsOf("frontend"),
        "pods of backend": podsOf("backend"),
        "pods of Jaeger": podsOf("jaeger"),
        "pods of the gateway": { "istio.io/rev": valuesOf(plan, "jaeger-ui-gateway")["revision"] },
    };
    return Object.fromEntries(
        Object.entries(labels).map(([what, found]) => [
            what,
            LABELS.flatMap((key) => (typeof found[key] === "string" ? [`${key}=${found[key]}`] : [])).join(),
        ]),
    );
}

describe("the settings istio.revision and istio.revisionTags", () => {
    it("change nothing when they say nothing", async () => {
        const plan = await planWith({});
        assert.deepEqual(asking(plan), {
            ...{ "namespace demo": "istio-injection=enabled", "namespace shop": "istio-injection=enabled" },
            ...{ "namespace other": "istio.io/rev=canary", "pods of frontend": "", "pods of backend": "" },
            ...{ "pods of Jaeger": "sidecar.istio.io/inject=true", "pods of the gateway": "" },
        });
        for (const name of ["istio-istiod", "istio-base"])
            for (const key of ["revision", "revisionTags", "defaultRevision"])
                assert.equal(valuesOf(plan, name)[key], undefined);
    });

    for (const [revision, asked] of [
        [{ revision: "1-31-1" }, "1-31-1"],
        [{ revision: "1-31-1", revisionTags: ["stable", "next"] }, "stable"],
    ] as const) {
        it(`have all that gets a sidecar ask for ${asked}, ${JSON.stringify(revision)}`, async () => {
            const plan = await planWith(revision);
            assert.deepEqual(asking(plan), {
                ...{ "namespace demo": `istio.io/rev=${asked}`, "namespace shop": `istio.io/rev=${asked}` },
                ...{ "namespace other": "istio.io/rev=canary", "pods of frontend": "", "pods of backend": "" },
                "pods of Jaeger": `istio.io/rev=${asked},sidecar.istio.io/inject=true`,
                "pods of the gateway": `istio.io/rev=${asked}`,
            });
            assert.equal(valuesOf(plan, "istio-istiod")["revision"], "1-31-1");
            // Istio's objects have no revision of their own, so this istiod is the one that validates them.
            assert.equal(valuesOf(plan, "istio-base")["defaultRevision"], "1-31-1");
        });
    }

    it("have pods ask themselves, in a namespace that somebody else has made", async () => {
        const existing = { ownNamespaces: JSON.stringify({ demo: { existing: true } }) };
        const found = asking(await planWith({ revision: "1-31-1", revisionTags: ["stable"] }, existing));
        for (const name of ["frontend", "backend"])
            assert.equal(found[`pods of ${name}`], "istio.io/rev=stable,sidecar.istio.io/inject=true");
    });

    it("keep the label istio-injection with the tag default, and with tags of the default revision", async () => {
        for (const revision of [
            { revision: "1-31-1", revisionTags: ["stable", "default"] },
            { revisionTags: ["stable"] },
        ]) {
            const plan = await planWith(revision);
            assert.equal(asking(plan)["namespace demo"], "istio-injection=enabled");
            assert.equal(asking(plan)["pods of the gateway"], "");
            assert.deepEqual(valuesOf(plan, "istio-istiod")["revisionTags"], revision.revisionTags);
        }
    });

    it("spread several copies of the istiod of that name", async () => {
        const istio = JSON.stringify({ revision: "1-31-1", replicas: { min: 2 } });
        const values = valuesOf(await planProgram({ istio }), "istio-istiod");
        for (const one of values["topologySpreadConstraints"] as object[])
            assert.deepEqual(at(one, "labelSelector", "matchLabels"), { app: "istiod", "istio.io/rev": "1-31-1" });
    });

    it("count for selectors of namespaces that istiod watches", async () => {
        const values = { meshConfig: { discoverySelectors: [{ matchLabels: { "istio.io/rev": "stable" } }] } };
        const istio = (tags: string[]): Record<string, string> => ({
            istio: JSON.stringify({ revision: "a", revisionTags: tags, values }),
            ownNamespaces: JSON.stringify({ istio: { labels: { watched: "yes" } } }),
        });
        await assert.rejects(planProgram(istio(["next"])), /istio-system .*demo \(.*istio\.io\/rev: next/s);
        await assert.rejects(planProgram(istio(["stable"])), (error: Error) => !error.message.includes("demo ("));
    });
});
