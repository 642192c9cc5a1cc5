import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { judgePreview } from "../../../../cli/adopt/stackImport";
import type { AdoptResult } from "../../../../cli/adopt/task";
import type { PreviewStep } from "../../../../cli/repair/pulumiCli";
import { renderAdoptedValues } from "../../../../components/render/adoptedValues";
import { mapAt, type PlainObject } from "../../../../shared/values/plainObjects";
import { startFakeCluster, type FakeCluster } from "../../fakeCluster";
import { adoptInto } from "./adopting";
import { AdoptableCluster } from "./adoptable";

const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};
const URN = "urn:pulumi:mesh::istio-tracing::";
const PARENT = `${URN}istio-tracing:components:AdoptedIstio::adopted-istio`;
const RELEASE = "kubernetes:helm.sh/v3:Release";
const FORMER = { revision: "canary", pilot: { resources: { requests: { cpu: "10m" } } } };

type State = NonNullable<PreviewStep["newState"]>;

/** What a preview of the program says of an adopted release. */
function planned(chart: "istiod" | "base", name: string, values: PlainObject): State {
    return {
        urn: `${URN}istio-tracing:components:AdoptedIstio$${RELEASE}::adopted-istio-${chart}`,
        ...{ type: RELEASE, custom: true, parent: PARENT, protect: true, retainOnDelete: true },
        inputs: {
            ...{ name, namespace: "istio-system", chart, version: "1.31.1", timeout: 300, maxHistory: 10, values },
            repositoryOpts: { repo: "https://charts.example.com" },
        },
    };
}
const ISTIOD = planned("istiod", "istiod-canary", renderAdoptedValues(FORMER, PROVIDER));
const BASE = planned("base", "istio-base", {});
/** What `pulumi import` records of it. */
const imported = (release: State, values: PlainObject): State => {
    const { name, namespace, chart, version } = release.inputs ?? {};
    const inputs = { name, namespace, chart, version, values };
    return { ...release, inputs, outputs: { ...inputs, status: { status: "deployed" }, __inputs: {} } };
};
const COMPONENT = { urn: PARENT, type: "istio-tracing:components:AdoptedIstio", custom: false };
const JAEGER = {
    urn: `${URN}kubernetes:apps/v1:Deployment::jaeger`,
    type: "kubernetes:apps/v1:Deployment",
    custom: true,
};

describe("adopting an Istio of Helm, with a Pulumi CLI on the PATH", () => {
    let folder: string;
    let file: string;
    let mesh: AdoptableCluster;
    let cluster: FakeCluster;
    const before = { ...process.env };
    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "adopt-cli-"));
        file = join(folder, "Pulumi.mesh.yaml");
        writeFileSync(file, "config: {}\n");
        writeFileSync(join(folder, "stacks"), JSON.stringify([{ name: "mesh" }]));
        state({ resources: [{ urn: `${URN}pulumi:pulumi:Stack::s`, type: "pulumi:pulumi:Stack", custom: false }] });
        writeFileSync(
            join(folder, "read"),
            JSON.stringify({
                version: 3,
                deployment: { resources: [COMPONENT, imported(BASE, {}), imported(ISTIOD, FORMER)] },
            }),
        );
        preview(stepsFrom(imported(BASE, {}), imported(ISTIOD, FORMER)));
        preview(stepsFrom(BASE, { ...ISTIOD, inputs: { ...ISTIOD.inputs, values: FORMER } }), "completed");
        const script = `#!/bin/sh
echo "$@" >> ${folder}/calls
case "$1 $2" in
"stack ls") cat ${folder}/stacks ;;
"stack export") cat ${folder}/state ;;
"stack import") cat > ${folder}/state; cp ${folder}/completed ${folder}/preview ;;
"import --file") cp "$3" ${folder}/import; cp ${folder}/read ${folder}/state ;;
"preview --json") cat ${folder}/preview ;;
*) echo '{}' ;;
esac
`;
        writeFileSync(join(folder, "pulumi"), script, { mode: 0o755 });
        process.env["PATH"] = [folder, before["PATH"] ?? ""].join(delimiter);
        process.env["PULUMI_HOME"] = folder;
        process.env["PULUMI_BACKEND_URL"] = `file://${folder}`;
        mesh = new AdoptableCluster();
        cluster = await startFakeCluster((request) => mesh.answer(request));
    });
    afterEach(async () => {
        for (const name of ["PATH", "PULUMI_HOME", "PULUMI_BACKEND_URL"])
            if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
            else process.env[name] = before[name];
        await cluster.close();
        rmSync(folder, { recursive: true });
    });
    const state = (deployment: PlainObject): void => {
        writeFileSync(join(folder, "state"), JSON.stringify({ version: 3, deployment }));
    };
    const stored = (): PlainObject[] =>
        mapAt(JSON.parse(readFileSync(join(folder, "state"), "utf8")), "deployment")["resources"] as PlainObject[];
    const preview = (steps: unknown[], name = "preview"): void => {
        writeFileSync(join(folder, name), JSON.stringify({ steps }));
    };
    const adopt = (yes = true): Promise<AdoptResult> => adoptInto(file, cluster.kubeconfig, { yes });
    const stepsFrom = (base: State, istiod: State, now = ISTIOD): PreviewStep[] => [
        { op: base === BASE ? "same" : "update", oldState: base, newState: BASE },
        { op: "update", oldState: istiod, newState: now },
        { op: "create", newState: JAEGER },
    ];

    it("imports each release, and records all else as the program has it", async () => {
        const { state: result, writes, next } = await adopt();
        assert.equal(result, "done");
        assert.match(
            writes.join(),
            /state of stack mesh: Helm releases istio-system\/istio-base, istio-system\/istiod-canary/,
        );
        assert.match(next.join(), /^pulumi up --stack mesh .*no change of the adopted releases but tracing .*create 1/);
        const { resources } = JSON.parse(readFileSync(join(folder, "import"), "utf8")) as { resources: PlainObject[] };
        assert.deepEqual(
            resources.map(({ id }) => id),
            [undefined, "istio-system/istio-base", "istio-system/istiod-canary"],
        );
        const [, base, istiod] = stored();
        for (const [release, wanted, values] of [
            [base, BASE, {}],
            [istiod, ISTIOD, FORMER],
        ] as const) {
            assert.deepEqual(release?.["inputs"], { ...wanted.inputs, values });
            const { __inputs, ...outputs } = mapAt(release, "outputs");
            assert.deepEqual(outputs, { ...wanted.inputs, values, status: { status: "deployed" } });
            assert.deepEqual(JSON.parse(String(mapAt({ __inputs }, "__inputs")["plaintext"])), {
                ...wanted.inputs,
                values,
            });
        }
    });

    it("reads the state no more often than it must", async () => {
        await adopt();
        // To see what is missing, to complete what was imported, and to see that nobody else has written it meanwhile.
        assert.equal(readFileSync(join(folder, "calls"), "utf8").match(/^stack export/gm)?.length, 3);
    });

    it("leaves the releases of the program's own Istio in the state, for the next update to take over", async () => {
        const own = (release: State): State => ({
            ...release,
            urn: release.urn.replace("AdoptedIstio", "Istio").replace("adopted-istio-", "istio-"),
        });
        state({ resources: [own(imported(BASE, {})), own(imported(ISTIOD, FORMER))] });
        const { state: result, writes } = await adopt();
        assert.equal(result, "done");
        assert.doesNotMatch(writes.join(), /state of stack/);
        assert.doesNotMatch(readFileSync(join(folder, "calls"), "utf8"), /^import /m);
        const [base, istiod] = stored();
        assert.deepEqual([base?.["urn"], istiod?.["urn"]], [own(BASE).urn, own(ISTIOD).urn]);
        assert.deepEqual(istiod?.["inputs"], { ...ISTIOD.inputs, values: FORMER });
    });

    it("has nothing more to import when it runs again", async () => {
        await adopt();
        const first = stored();
        assert.equal((await adopt()).state, "done");
        assert.deepEqual(stored(), first);
    });

    it("does not call it done while a preview shows more than tracing", async () => {
        const newer = { ...ISTIOD, inputs: { ...ISTIOD.inputs, version: "1.31.2" } };
        preview(stepsFrom(BASE, { ...ISTIOD, inputs: { ...ISTIOD.inputs, values: FORMER } }, newer), "completed");
        const { state: result, next } = await adopt();
        assert.equal(result, "left");
        assert.match(
            next.join("; "),
            /what else the next update would change: Helm release istio-system\/istiod-canary: version/,
        );
    });

    it("writes nothing for a stack that does not exist, has unfinished operations, or has installed this Istio", async () => {
        const refuses = async (pattern: RegExp, exitCode: number): Promise<void> => {
            const former = stored();
            await assert.rejects(adopt(), { name: "UserError", exitCode, message: pattern });
            assert.deepEqual(stored(), former);
            assert.equal(readFileSync(file, "utf8"), "config: {}\n");
        };
        const own = { ...ISTIOD, urn: `${URN}${RELEASE}::mine` };
        state({ resources: [own] });
        await refuses(/a release that this stack does not have yet, got one that it has as .*::mine/, 1);
        state({ resources: [], pending_operations: [{ resource: own, type: "creating" }] });
        await refuses(/no unfinished operation.*npm run repair/, 2);
        writeFileSync(join(folder, "stacks"), "[]");
        state({ resources: [] });
        await refuses(/a stack of the backend, got none.*pulumi stack init --stack mesh/, 2);
    });

    it("goes on where a run was killed after the import, or its preview failed", async () => {
        preview([{ op: "delete", oldState: ISTIOD }]);
        assert.equal((await adopt()).state, "left");
        preview(stepsFrom(imported(BASE, {}), imported(ISTIOD, FORMER)));
        assert.equal((await adopt()).state, "done");
        assert.equal(readFileSync(join(folder, "calls"), "utf8").match(/^import /gm)?.length, 1);
    });

    it("does not stop at a password that a preview hides", async () => {
        const secretly = {
            ...ISTIOD,
            inputs: { ...ISTIOD.inputs, repositoryOpts: { repo: "r", password: "[secret]" } },
        };
        preview(stepsFrom(BASE, { ...ISTIOD, inputs: { ...ISTIOD.inputs, values: FORMER } }, secretly), "completed");
        assert.equal((await adopt()).state, "done");
        assert.doesNotMatch(JSON.stringify(stored()), /\[secret\]/);
    });
});

describe("a preview of a stack with adopted releases", () => {
    const release = (values: PlainObject) => ({
        name: "istiod-canary",
        namespace: "istio-system",
        version: "1",
        values,
    });
    const judge = (...steps: PreviewStep[]) => judgePreview(steps, { istiod: release(FORMER) }, PROVIDER).others;
    const step = (op: string, before: PlainObject, after: PlainObject): PreviewStep => ({
        ...{ op, oldState: { ...ISTIOD, inputs: before }, newState: { ...ISTIOD, inputs: after } },
    });
    it("is clean if only the provider comes or goes", () => {
        const [former, traced] = [{ values: FORMER }, { values: renderAdoptedValues(FORMER, PROVIDER) }];
        assert.deepEqual(judge(step("update", former, traced)), []);
        assert.deepEqual(judge(step("update", traced, former)), []);
        assert.deepEqual(judge(step("same", traced, former)), []);
        // The CLI lists no resource that stays the same.
        assert.deepEqual(judge(), []);
    });

    it("names everything else that would happen to a release", () => {
        const name = "Helm release istio-system/istiod-canary";
        assert.deepEqual(judge(step("update", { values: FORMER }, { values: { revision: "other" }, timeout: 5 })), [
            `${name}: timeout`,
            `${name}: values`,
        ]);
        for (const op of ["create", "replace", "delete"]) assert.deepEqual(judge(step(op, {}, {})), [`${name}: ${op}`]);
    });
});
