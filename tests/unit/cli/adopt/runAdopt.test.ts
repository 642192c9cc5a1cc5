import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAdopt } from "../../../../cli/adopt/index";
import type { AdoptResult } from "../../../../cli/adopt/task";
import { renderAdoptedValues } from "../../../../components/render/adoptedValues";
import { at, mapAt, type PlainObject } from "../../../../shared/values/plainObjects";
import { startFakeCluster, type FakeCluster } from "../../fakeCluster";
import { AdoptableCluster } from "./adoptable";
import { adoptInto, istioSettings } from "./adopting";

const FILE = '# mine\nconfig:\n  istio-tracing:samplingPercent: "5"\n';
const PROVIDER = {
    name: "tracing",
    opentelemetry: { service: "jaeger-collector.istio-system.svc.cluster.local", port: 4317 },
};

describe("adopting an Istio of Helm, without a Pulumi CLI", () => {
    let folder: string;
    let file: string;
    let mesh: AdoptableCluster;
    let cluster: FakeCluster;
    const path = process.env["PATH"];
    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "adopt-"));
        file = join(folder, "Pulumi.mesh.yaml");
        writeFileSync(file, FILE);
        process.env["PATH"] = folder;
        mesh = new AdoptableCluster();
        cluster = await startFakeCluster((request) => mesh.answer(request));
    });
    afterEach(async () => {
        process.env["PATH"] = path;
        await cluster.close();
        rmSync(folder, { recursive: true });
    });
    const adopt = (options: { yes?: boolean; undo?: boolean } = {}): Promise<AdoptResult> =>
        adoptInto(file, cluster.kubeconfig, options);
    const settings = (): PlainObject => istioSettings(file);
    const refuses = async (pattern: RegExp, options: { undo?: boolean } = {}, exitCode = 1): Promise<void> => {
        const before = readFileSync(file, "utf8");
        await assert.rejects(adopt(options), { name: "UserError", exitCode, message: pattern });
        assert.equal(readFileSync(file, "utf8"), before);
        assert.ok(cluster.requests.every((request) => request.startsWith("GET ")));
    };

    it("shows each change and writes nothing without --yes", async () => {
        const { state, changes, writes } = await adopt({ yes: false });
        assert.equal(state, "planned");
        assert.deepEqual(changes, [
            "Helm release istio-system/istiod-canary, values.meshConfig.extensionProviders: " +
                "tracing (opentelemetry, jaeger-collector.istio-system.svc.cluster.local:4317)",
        ]);
        assert.match(writes.join("; "), /Pulumi\.mesh\.yaml: settings of istio; Pulumi\.mesh\.import\.json/);
        assert.equal(readFileSync(file, "utf8"), FILE);
        assert.equal(existsSync(join(folder, "Pulumi.mesh.import.json")), false);
    });

    it("writes the releases with their owner's values, and the file for pulumi import", async () => {
        const { state, next } = await adopt();
        assert.equal(state, "left");
        assert.match(next[0] ?? "", /^pulumi import --file Pulumi\.mesh\.import\.json/);
        const { istiod, base } = mesh;
        assert.deepEqual(settings(), {
            ...{ install: false, revision: "canary", rootNamespace: "mesh-root" },
            adopted: {
                istiod: {
                    ...{ name: "istiod-canary", namespace: "istio-system", version: "1.31.1" },
                    values: istiod?.values,
                },
                base: { name: "istio-base", namespace: "istio-system", version: "1.31.1", values: base?.values },
            },
        });
        assert.match(readFileSync(file, "utf8"), /^# mine\nconfig:\n {2}istio-tracing:samplingPercent: "5"\n/);
        const imports = JSON.parse(readFileSync(join(folder, "Pulumi.mesh.import.json"), "utf8")) as PlainObject;
        assert.deepEqual(
            (imports["resources"] as PlainObject[]).map(({ name, id, parent }) => [name, id, parent]),
            [
                ["adopted-istio", undefined, undefined],
                ["adopted-istio-base", "istio-system/istio-base", "adopted-istio"],
                ["adopted-istio-istiod", "istio-system/istiod-canary", "adopted-istio"],
            ],
        );
    });

    it("does the same when it runs again, before and after pulumi up", async () => {
        await adopt();
        const first = readFileSync(file, "utf8");
        await adopt();
        assert.equal(readFileSync(file, "utf8"), first);
        assert.ok(mesh.istiod);
        mesh.istiod = { ...mesh.istiod, revision: 4, values: renderAdoptedValues(mesh.istiod.values, PROVIDER) };
        const { changes } = await adopt();
        assert.equal(readFileSync(file, "utf8"), first);
        assert.deepEqual(changes, []);
    });

    it("adopts an istiod whose CRDs are not Helm's", async () => {
        mesh.base = undefined;
        await adopt();
        assert.deepEqual(Object.keys(mapAt(settings(), "adopted")), ["istiod"]);
    });

    it("takes over what somebody has upgraded since, and says so", async () => {
        await adopt();
        assert.ok(mesh.istiod);
        mesh.istiod = {
            ...mesh.istiod,
            revision: 4,
            version: "1.31.2",
            values: { revision: "canary", env: { A: "1" } },
        };
        const { changes } = await adopt();
        assert.match(changes.join("; "), /istiod: somebody has changed version, values since it was adopted/);
        assert.deepEqual(at(settings(), "adopted", "istiod", "values"), { revision: "canary", env: { A: "1" } });
    });

    it("gives the release back by its owner's values, twice if asked", async () => {
        await adopt();
        assert.ok(mesh.istiod);
        mesh.istiod = { ...mesh.istiod, revision: 4, values: renderAdoptedValues(mesh.istiod.values, PROVIDER) };
        assert.equal((await adopt({ undo: true, yes: false })).state, "planned");
        assert.equal(settings()["adoptedState"], undefined);
        const { state, next, changes } = await adopt({ undo: true });
        assert.equal(state, "done");
        assert.match(changes.join(), /extensionProviders: without tracing/);
        assert.match(next.join("; "), /^pulumi up --stack mesh .*; pulumi destroy --stack mesh/);
        assert.equal(settings()["adoptedState"], "restored");
        assert.deepEqual((await adopt({ undo: true })).writes, []);
        await adopt();
        assert.equal(settings()["adoptedState"], undefined);
    });

    it("gives nothing back that somebody has upgraded since, or that is gone", async () => {
        await adopt();
        const { istiod } = mesh;
        assert.ok(istiod);
        mesh.istiod = { ...istiod, values: { env: { A: "1" } } };
        await refuses(/the values with which it was adopted, got other values.*npm run adopt -- --stack mesh --yes/, {
            undo: true,
        });
        mesh.istiod = { ...istiod, version: "1.32.0" };
        await refuses(/chart version 1\.31\.1, as it was adopted, got 1\.32\.0/, { undo: true });
        mesh.istiod = { ...istiod, status: "failed" };
        await refuses(/the status deployed, got failed/, { undo: true });
        mesh.istiod = { ...istiod, name: "other" };
        await refuses(/none: it was uninstalled/, { undo: true });
    });

    it("refuses to give back what it has not adopted", async () => {
        await refuses(/expected an adopted Istio.*there is nothing to give back/, { undo: true });
    });

    it("stops if somebody upgrades the release at the same moment", async () => {
        let lists = 0;
        mesh.onRequest = (asked) => {
            if (!asked.includes("/secrets?") || !asked.includes("istiod-canary") || ++lists < 2) return;
            if (mesh.istiod) mesh.istiod = { ...mesh.istiod, revision: 4, status: "pending-upgrade" };
        };
        await refuses(/revision 3, which was read, got 4 \(pending-upgrade\)/);
    });

    it("refuses what it cannot adopt, and names the way out", async () => {
        const { istiod } = mesh;
        assert.ok(istiod);
        mesh.istiod = { ...istiod, status: "failed" };
        await refuses(/the status deployed, got failed at revision 3.*helm rollback/);
        mesh.istiod = { ...istiod, status: "pending-upgrade" };
        await refuses(/got pending-upgrade.*wait until the other helm has finished/);
        mesh.istiod = { ...istiod, chart: "company-mesh" };
        await refuses(/Istio's chart istiod, got the chart company-mesh/);
        mesh.istiod = { ...istiod, record: Buffer.from("H4sIbroken").toString("base64") };
        await refuses(/sh\.helm\.release\.v1\.istiod-canary\.v3: expected Helm's record/, {}, 2);
        mesh.istiod = { ...istiod, labels: { "helm.toolkit.fluxcd.io/name": "mesh" } };
        await refuses(/one that Flux .* manages, which would undo every change/);
        mesh.istiod = { ...istiod, values: { global: null } };
        await refuses(/values\.global[\s\S]*got: {6}null/);
        mesh.istiod = istiod;
        const metadata = { name: "istiod-canary", namespace: "istio-system" };
        mesh.helmReleases = [{ metadata, spec: {} }];
        await refuses(/one that Flux \(HelmRelease istio-system\/istiod-canary\) manages/);
        mesh.helmReleases = [];
        mesh.forbidden = /secrets/;
        await refuses(/Helm's records: expected an answer, got: .*cannot do that.*administrator/, {}, 2);
    });

    it("says where an Istio of istioctl, or of nobody known, keeps its values", async () => {
        mesh.istiod = undefined;
        for (const [labels, installer, place] of [
            [
                { "operator.istio.io/version": "1.31.1" },
                "istioctl",
                /in the file of the IstioOperator.*istioctl install -f FILE/,
            ],
            [{}, "unknown", /in the source that its installer uses, as values of Istio's chart/],
        ] as const) {
            mesh.labels = labels;
            const found = await adopt();
            assert.deepEqual([found.installer, found.state, found.writes], [installer, "left", []]);
            assert.match(found.next[0] ?? "", place);
            assert.equal(readFileSync(file, "utf8"), FILE);
        }
    });

    it("asks which of two Istios it is", async () => {
        mesh.moreIstiods = [{ metadata: { name: "istiod-old", namespace: "old", labels: { "istio.io/rev": "old" } } }];
        await refuses(/one istiod, got canary \(Helm release .*\), old \(.*unknown.*istio\.revision REVISION/);
        writeFileSync(file, "config:\n  istio-tracing:istio: { install: false, revision: canary }\n");
        assert.equal((await adopt()).state, "left");
    });

    it("does not adopt what another tool keeps: says what to write where, and writes nothing", async () => {
        const argo = { "argocd.argoproj.io/instance": "mesh" };
        const flux = { "helm.toolkit.fluxcd.io/name": "mesh", "helm.toolkit.fluxcd.io/namespace": "flux" };
        for (const [labels, installer, place] of [
            [argo, "argocd", /in the source of the Application mesh, in the values/],
            [flux, "flux", /in the source of the HelmRelease mesh, spec/],
        ] as const) {
            mesh.labels = labels;
            const found = await adopt();
            assert.deepEqual([found.installer, found.state, found.writes], [installer, "left", []]);
            assert.match(found.next[0] ?? "", place);
            assert.match(
                found.next.join("\n"),
                /extensionProviders: \[\{name: tracing,[\s\S]*npm run preflight -- --stack mesh/,
            );
            assert.equal(readFileSync(file, "utf8"), FILE);
        }
    });

    it("writes nothing into a stack whose other settings are of an Istio of its own", async () => {
        writeFileSync(file, "config:\n  istio-tracing:istio: { mtlsMode: STRICT }\n");
        await assert.rejects(adopt(), {
            name: "SettingsError",
            message: /istio\.mtlsMode[\s\S]*its owner's PeerAuthentication/,
        });
        assert.equal(readFileSync(file, "utf8"), "config:\n  istio-tracing:istio: { mtlsMode: STRICT }\n");
    });

    it("refuses a cluster without an Istio, and a stack without a file", async () => {
        mesh.answer = ({ path: asked }) => ({ body: asked === "/version" ? {} : { items: [] } });
        await refuses(/an istiod to adopt, got none/);
        await assert.rejects(runAdopt({ stack: "nosuch", kubeconfig: cluster.kubeconfig, undo: false, yes: true }), {
            exitCode: 2,
            message: /expected one of the stacks .* got "nosuch"/,
        });
    });
});
