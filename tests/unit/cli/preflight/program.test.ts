import assert from "node:assert/strict";
import { planFor } from "../../../../cli/preflight/program";
import { RIGHTS_NEEDED } from "../../../../cli/preflight/rightsNeeded";
import { resolveSettings } from "../../../../components/settings";
import { planProgram, type PlannedResource } from "../../../../plan";
import { getPath, setPaths } from "../../../../shared/stacks/settingPaths";

/** `deployments.apps` for the Pulumi type `kubernetes:apps/v1:Deployment`. */
function apiResource(type: string): string {
    const [, groupVersion = "", kind = ""] = type.split(":");
    const group = groupVersion.split("/")[0] ?? "";
    const plural = `${kind.toLowerCase()}s`.replace(/([^aeiou])ys$/, "$1ies").replace(/sss$/, "sses");
    return group === "core" ? plural : `${plural}.${group}`;
}

function metadata({ inputs }: PlannedResource): { name?: string; namespace?: string } {
    return inputs["metadata"] ?? {};
}

describe("what preflight believes of the program", () => {
    const raw = setPaths({}, { "istio.namespace": "mesh", "demo.namespace": "shop" });
    const plan = planFor(resolveSettings(raw));
    const outside = {
        ...raw,
        collectorAddress: "otel.example.com:4317",
        collectorHeaders: '{"x-key":"v"}',
        collector: '{"tls":{"ca":"public"}}',
    };
    const volume = setPaths(raw, { "jaeger.storage": '{"type":"badger","size":"1Gi","storageClass":"ssd"}' });
    const withVolume = planFor(resolveSettings(volume));
    let resources: PlannedResource[] = [];
    let outsideResources: PlannedResource[] = [];
    let volumeResources: PlannedResource[] = [];
    before(async function () {
        this.timeout(30_000);
        resources = (await planProgram(raw)).resources.filter(({ type }) => type.startsWith("kubernetes:"));
        assert.ok(resources.length >= 10);
        outsideResources = (await planProgram(outside)).resources.filter(({ type }) => type.startsWith("kubernetes:"));
        volumeResources = (await planProgram(volume)).resources.filter(({ type }) => type.startsWith("kubernetes:"));
    });

    it("asks for a volume, and for the right to claim it, only where Jaeger has one", () => {
        const asks = ({ rights }: typeof plan): boolean =>
            rights.some(({ resource }) => resource === "persistentvolumeclaims");
        assert.deepEqual([plan.volume, asks(plan)], [undefined, false]);
        assert.deepEqual([withVolume.volume?.storageClass, asks(withVolume)], ["ssd", true]);
    });

    it("covers every kind that the program itself writes, in the namespace where it writes it", async () => {
        const written = [...resources, ...outsideResources, ...volumeResources];
        assert.deepEqual(uncovered(written, withVolume), []);
        const ui = { mode: "gateway", host: "traces.example.com" };
        const tls = { mode: "certManager", issuer: { type: "selfSigned" } };
        const behindGateway = {
            ...raw,
            ui: JSON.stringify({ ...ui, tls }),
            uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}',
            istio: JSON.stringify({ namespace: "mesh", cni: { mode: "install" } }),
            pods: '{"serviceAccountAnnotations":{"eks.amazonaws.com/role-arn":"arn:aws:iam::111122223333:role/a"}}',
        };
        const { resources: all } = await planProgram(behindGateway);
        const own = all.filter(({ type }) => type.startsWith("kubernetes:"));
        const withGateway = planFor(resolveSettings(behindGateway));
        assert.deepEqual(uncovered(own, withGateway), []);
        const releases = own.filter(({ type }) => type.endsWith(":Release")).map(({ inputs }) => inputs["name"]);
        assert.deepEqual(
            withGateway.releases.map(({ name }) => name),
            releases,
        );
    });

    it("covers the kinds of a UI by a route or an Ingress", async () => {
        const common = { host: "traces.example.com", authentication: "external", tls: { mode: "external" } };
        const from = { namespace: "gateways" };
        for (const mode of [
            { mode: "ingress" },
            { mode: "httpRoute", parentGateway: { namespace: "gateways", name: "shared" } },
        ]) {
            const configured = { ...raw, ui: JSON.stringify({ ...common, ...mode, from }) };
            const { resources: all } = await planProgram(configured);
            const own = all.filter(({ type }) => type.startsWith("kubernetes:"));
            assert.ok(own.some(({ type }) => type.endsWith(":NetworkPolicy")));
            assert.deepEqual(uncovered(own, planFor(resolveSettings(configured))), []);
        }
    });

    it("covers the kinds of Jaeger in roles and of a retention, and looks for the collector's Deployment", async () => {
        const storage = { type: "opensearch", serverUrls: ["https://search:9200"], retentionHours: 48 };
        const jaeger = JSON.stringify({ storage, roles: { collector: { min: 2, max: 3 } } });
        const configured = { ...raw, jaeger };
        const { resources: all } = await planProgram(configured);
        const own = all.filter(({ type }) => type.startsWith("kubernetes:"));
        for (const kind of ["CronJob", "HorizontalPodAutoscaler", "PodDisruptionBudget"])
            assert.ok(
                own.some(({ type }) => type.endsWith(`:${kind}`)),
                kind,
            );
        const inRoles = planFor(resolveSettings(configured));
        assert.deepEqual(uncovered(own, inRoles), []);
        assert.deepEqual([plan.jaegerDeployment, inRoles.jaegerDeployment], ["jaeger", "jaeger-collector"]);
        assert.ok(!plan.rights.some(({ resource }) => resource === "cronjobs.batch"));
    });

    it("covers the kinds of a Prometheus, and of what its operator and Grafana get", async () => {
        const metrics = { deployPrometheus: true, operator: "mesh", dashboards: true };
        const configured = { ...raw, samplingPercent: "100", metrics: JSON.stringify(metrics) };
        const { resources: all } = await planProgram(configured);
        const own = all.filter(({ type }) => type.startsWith("kubernetes:"));
        for (const kind of ["ClusterRole", "ServiceMonitor", "PodMonitor", "PrometheusRule"])
            assert.ok(
                own.some(({ type }) => type.endsWith(`:${kind}`)),
                kind,
            );
        assert.deepEqual(uncovered(own, planFor(resolveSettings(configured))), []);
        const inOther = planFor(resolveSettings({ ...configured, istio: '{"install":false,"namespace":"mesh"}' }));
        assert.ok(inOther.rights.some(({ resource }) => resource.startsWith("clusterroles.")));
        assert.equal(inOther.pods.prometheus?.namespace, "mesh");
    });

    it("covers the kinds of the doctor in the cluster, and its namespace", async () => {
        const configured = {
            ...raw,
            ui: JSON.stringify({ mode: "gateway", host: "traces.example.com", tls: { mode: "plainHttp" } }),
            uiBasicAuth: JSON.stringify({ username: "anna", password: "correct-horse-9" }),
            metrics: JSON.stringify({ operator: "jaeger" }),
            doctor: JSON.stringify({ enabled: true, image: "registry.example.com/tracing-doctor:1" }),
        };
        const { resources: all } = await planProgram(configured);
        const own = all.filter(({ type }) => type.startsWith("kubernetes:"));
        const watched = planFor(resolveSettings(configured));
        assert.deepEqual(uncovered(own, watched), []);
        assert.ok(
            watched.further.some(({ name, setting }) => `${setting} ${name}` === "doctor.namespace tracing-doctor"),
        );
        assert.equal(watched.pods.doctor?.namespace, "tracing-doctor");
    });

    it("covers the kinds of a Collector tier, in both layouts", async () => {
        for (const layout of ["split", "single"]) {
            const tier = { enabled: true, layout, keep: { restPercent: 1 } };
            const configured = { ...raw, collectorTier: JSON.stringify(tier) };
            const { resources: all } = await planProgram(configured);
            const own = all.filter(({ type }) => type.startsWith("kubernetes:"));
            assert.ok(own.some(({ type }) => type.endsWith(":StatefulSet")));
            assert.deepEqual(uncovered(own, planFor(resolveSettings(configured))), []);
        }
    });

    it("knows the Helm releases by name and namespace", () => {
        const releases = resources
            .filter(({ type }) => type.endsWith(":Release"))
            .map(({ inputs }) => ({ name: inputs["name"], namespace: inputs["namespace"] }));
        assert.deepEqual(releases, [plan.base, plan.istiod]);
    });

    it("knows the namespaces, their resource names, and the settings that name them", () => {
        const namespaces = resources.filter(({ type }) => type.endsWith(":Namespace"));
        assert.deepEqual(
            namespaces.map((resource) => [resource.name, metadata(resource).name]),
            Object.values(plan.namespaces).map(({ resourceName, name }) => [resourceName, name]),
        );
        for (const { setting, name } of Object.values(plan.namespaces)) assert.equal(getPath(raw, setting), name);
    });

    it("knows the Jaeger and the collector that the program deploys", () => {
        assert.equal(plan.ownCollector, true);
        const other = resolveSettings({ collectorAddress: "otel.obs.svc.cluster.local:4317" });
        assert.equal(planFor(other).ownCollector, false);
        assert.equal(planFor(other).outsideCollector, false);
        assert.equal(planFor(resolveSettings(outside)).outsideCollector, true);
        assert.equal(planFor(resolveSettings(setPaths(outside, { "jaeger.deploy": "false" }))).pods.jaeger, undefined);
        const deployments = resources
            .filter(({ type }) => type.endsWith(":Deployment"))
            .map((found) => metadata(found).name);
        assert.deepEqual(
            deployments.sort(),
            Object.keys(plan.pods)
                .filter((pod) => pod !== "istiod")
                .sort(),
        );
    });

    it("adds up the requests of a pod with those of its sidecar", () => {
        const { istiod, frontend } = plan.pods;
        assert.deepEqual([frontend?.cpu, frontend?.memory], [0.11, (16 + 128) * 2 ** 20]);
        assert.deepEqual([istiod.cpu, istiod.memory], [0.5, 2 * 2 ** 30]);
    });

    it("counts the pods of each role of Jaeger's, of the control plane and of a tier", () => {
        const kafka = { brokers: ["kafka:9092"], topic: "spans", partitions: 9 };
        const storage = { type: "opensearch", serverUrls: ["https://search:9200"] };
        const roles = { collector: { min: 3 }, ingester: { min: 4, max: 9 }, query: { min: 2 } };
        const { pods } = planFor(
            resolveSettings({
                jaeger: JSON.stringify({ storage, kafka, roles }),
                istio: JSON.stringify({ replicas: { min: 2, max: 5 } }),
                collectorTier: JSON.stringify({ enabled: true, keep: { restPercent: 1 }, samplers: 3 }),
            }),
        );
        const counts = [pods.jaeger, pods.istiod, pods.sampler, pods.router, pods.frontend].map((pod) => pod?.count);
        assert.deepEqual(counts.slice(0, 3), [9, 2, 3]);
        assert.equal(counts.at(-1), 1);
        assert.equal(plan.pods.jaeger?.count, 1);
    });

    it("asks for the rights to hand out Istio's roles", () => {
        const roles = RIGHTS_NEEDED.find(({ resource }) => resource.startsWith("clusterroles."));
        assert.ok(roles?.verbs.includes("escalate") && roles.verbs.includes("bind"));
    });

    it("sees that Istio's CNI plugin is used", () => {
        const of = (istio: object): unknown => planFor(resolveSettings({ istio: JSON.stringify(istio) })).cni;
        assert.equal(plan.cni, undefined);
        for (const used of [
            { values: { cni: { enabled: true } } },
            { values: { global: { platform: "openshift" } } },
            { cni: { mode: "installed" } },
        ])
            assert.deepEqual(of(used), { release: undefined });
        assert.equal(of({ values: { global: { platform: "gke" } } }), undefined);
        assert.deepEqual(of({ cni: { mode: "install" } }), {
            release: { name: "istio-cni", namespace: "kube-system" },
        });
    });

    it("asks for the rights of the CNI plugin's chart where it goes, and only if it is installed", () => {
        const of = (istio: object): string[] =>
            planFor(resolveSettings({ istio: JSON.stringify(istio) }))
                .rights.filter(({ namespace, verb }) => namespace !== undefined && verb === "create")
                .filter(({ namespace }) => ["kube-system", "default"].includes(namespace ?? ""))
                .map(({ resource, namespace }) => `${resource} in ${namespace ?? ""}`);
        const chart = ["serviceaccounts", "configmaps", "secrets", "daemonsets.apps"].map(
            (one) => `${one} in kube-system`,
        );
        assert.deepEqual(of({ cni: { mode: "installed" } }), []);
        assert.deepEqual(of({ cni: { mode: "install" } }), chart);
        assert.deepEqual(of({ cni: { mode: "install" }, values: { global: { platform: "gke" } } }), [
            ...chart,
            "resourcequotas in kube-system",
        ]);
        assert.deepEqual(of({ cni: { mode: "install" }, values: { global: { platform: "openshift" } } }), [
            ...chart,
            "network-attachment-definitions.k8s.cni.cncf.io in default",
        ]);
    });
});

/** Kinds and namespaces of what the program writes without that preflight asks for the right to. */
function uncovered(written: PlannedResource[], { rights }: ReturnType<typeof planFor>): string[] {
    return written
        .filter(({ type }) => !type.endsWith(":Release"))
        .map((resource) => ({ name: apiResource(resource.type), namespace: metadata(resource).namespace }))
        .filter(({ name, namespace }) => !rights.some((one) => one.resource === name && one.namespace === namespace))
        .map(({ name, namespace }) => `${name} in ${namespace ?? "the cluster"}`);
}
