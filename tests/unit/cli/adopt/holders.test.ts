import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { AdoptResult } from "../../../../cli/adopt/task";
import { mapAt, type PlainObject } from "../../../../shared/values/plainObjects";
import { startFakeCluster, type FakeCluster } from "../../fakeCluster";
import { adoptInto, istioSettings } from "./adopting";
import { ObjectServer } from "./objectServer";

const TELEMETRY = {
    metadata: { name: "mesh-default", namespace: "istio-system" },
    spec: { tracing: [{ providers: [{ name: "tracing" }] }] },
};

describe("adopting an Istio of the Sail operator or of AKS", () => {
    let folder: string;
    let file: string;
    let server: ObjectServer;
    let cluster: FakeCluster;
    let istiod: PlainObject;
    let telemetries: unknown[];
    let owners: { kind: string; name: string }[];
    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "adopt-holder-"));
        file = join(folder, "Pulumi.mesh.yaml");
        writeFileSync(file, "config: {}\n");
        server = new ObjectServer();
        telemetries = [];
        owners = [{ kind: "Istio", name: "prod" }];
        istiod = {
            metadata: {
                ...{ name: "istiod-prod", namespace: "istio-system", labels: { "istio.io/rev": "prod" } },
                ownerReferences: [{ kind: "IstioRevision", name: "prod-v1-31-1" }],
            },
        };
        cluster = await startFakeCluster((request) => {
            const { path } = request;
            if (path === "/version") return { body: {} };
            if (path.includes("/deployments")) return { body: { items: [istiod] } };
            if (path.includes("/telemetries")) return { body: { items: telemetries, metadata: {} } };
            if (path.includes("/istiorevisions/prod-v1-31-1")) {
                return { body: { metadata: { name: "prod-v1-31-1", ownerReferences: owners } } };
            }
            return /\/istios\/prod$|configmaps/.test(path) ? server.answer(request) : undefined;
        });
    });
    afterEach(async () => {
        await cluster.close();
        rmSync(folder, { recursive: true });
    });
    const adopt = (options: { yes?: boolean; undo?: boolean } = {}): Promise<AdoptResult> =>
        adoptInto(file, cluster.kubeconfig, options);
    const settings = (): PlainObject => istioSettings(file);
    const sail = (): void => {
        server.object = {
            ...{ apiVersion: "sailoperator.io/v1", kind: "Istio", spec: { version: "v1.31.1" } },
            metadata: { name: "prod", uid: "u", resourceVersion: "1" },
        };
    };

    it("writes the Istio that owns the revision of the running istiod, and traces that revision", async () => {
        sail();
        assert.equal((await adopt({ yes: false })).state, "planned");
        assert.equal(server.writes, 0);
        const { state, installer, changes, next } = await adopt();
        assert.deepEqual([state, installer], ["done", "sail"]);
        assert.match(changes.join(), /^Istio prod, extensionProviders: tracing \(opentelemetry/);
        assert.match(next.join("; "), /npm run preflight -- --stack mesh; pulumi up --stack mesh/);
        assert.deepEqual(settings(), { install: false, revision: "prod" });
        assert.equal(server.writes, 1);
        assert.deepEqual((await adopt()).writes, []);
        assert.equal((await adopt({ undo: true })).state, "done");
        assert.deepEqual(server.object?.["spec"], { version: "v1.31.1" });
        await assert.rejects(adopt({ undo: true }), { exitCode: 1, message: /there is nothing to give back/ });
    });

    it("is not given back while a Telemetry uses the provider", async () => {
        sail();
        await adopt();
        telemetries = [TELEMETRY];
        await assert.rejects(adopt({ undo: true }), {
            ...{
                exitCode: 1,
                message: /no Telemetry that uses it, got istio-system\/mesh-default.*pulumi destroy --stack mesh/,
            },
        });
        assert.equal(server.writes, 1);
    });

    it("does not write a revision that no Istio owns", async () => {
        sail();
        owners = [];
        await assert.rejects(adopt(), {
            exitCode: 1,
            message: /IstioRevision prod-v1-31-1: expected an Istio that owns it/,
        });
        assert.equal(readFileSync(file, "utf8"), "config: {}\n");
    });

    it("creates the ConfigMap that AKS leaves to its users, for the revision of the add-on", async () => {
        istiod = {
            metadata: {
                name: "istiod-asm-1-31",
                namespace: "aks-istio-system",
                labels: { "istio.io/rev": "asm-1-31" },
            },
        };
        const { installer, changes } = await adopt();
        assert.equal(installer, "aks");
        assert.match(changes.join(), /ConfigMap aks-istio-system\/istio-shared-configmap-asm-1-31, extensionProviders/);
        assert.deepEqual(settings(), { install: false, revision: "asm-1-31", namespace: "aks-istio-system" });
        const mesh: unknown = parse(String(mapAt(server.object, "data")["mesh"]));
        assert.match(JSON.stringify(mesh), /jaeger-collector\.aks-istio-system\.svc/);
        await adopt({ undo: true });
        assert.equal(server.object, undefined);
    });
});
