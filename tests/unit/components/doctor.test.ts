import assert from "node:assert/strict";
import { resolveDoctorArgs, type DoctorArgs } from "../../../components/doctor";
import { planProgram, type Plan, type PlannedResource } from "../../../plan";
import { at, itemsAt, listAt } from "../../../shared/values/plainObjects";
import { assertRefused } from "./refusals";

const DOCTOR = JSON.stringify({ enabled: true, image: "registry.example.com/tracing-doctor:1" });
const LEAST: DoctorArgs = { namespace: "tracing-doctor", image: "a/b:1", sidecarHash: "x" };

const planWith = (more: object = {}): Promise<Plan> => planProgram({ doctor: DOCTOR, ...more });

/** The doctor's resources, by kind and name. */
function ofDoctor({ resources }: Plan): Record<string, PlannedResource> {
    const own = resources.filter(({ name, type }) => /^doctor\b/.test(name) && !type.startsWith("istio-tracing:"));
    return Object.fromEntries(own.map((one) => [`${one.type.split(":").at(-1) ?? ""} ${one.name}`, one]));
}

describe("the doctor in the cluster", () => {
    it("is no part of a stack that does not ask for it", async () => {
        assert.deepEqual(Object.keys(ofDoctor(await planProgram({}))), []);
    });

    it("has one pod that looks, one that answers, and rights to read, without Secrets", async () => {
        const own = ofDoctor(await planWith());
        assert.deepEqual(Object.keys(own).sort(), [
            ...["ClusterRole doctor", "ClusterRoleBinding doctor", "Deployment doctor", "Deployment doctor-server"],
            ...["Namespace doctor", "Role doctor", "RoleBinding doctor"],
            ...["Service doctor", "Service doctor-server", "ServiceAccount doctor"],
        ]);
        const rules = ["ClusterRole doctor", "Role doctor"].flatMap((key) => listAt(own[key]?.inputs, "rules"));
        const verbs = new Set(rules.flatMap((rule) => itemsAt(rule, "verbs")));
        const kinds = rules.flatMap((rule) => itemsAt(rule, "resources"));
        assert.deepEqual([...verbs].sort(), ["get", "list"]);
        for (const never of ["secrets", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"])
            assert.equal(kinds.includes(never), false, never);
        for (const key of ["Deployment doctor", "Deployment doctor-server"])
            assert.equal(at(own[key]?.inputs, "spec", "replicas"), 1);
        assert.equal(at(own["Namespace doctor"]?.inputs, "metadata", "labels", "istio-injection"), "enabled");
    });

    it("alone gets a token, and its server none", async () => {
        const own = ofDoctor(await planWith());
        const token = (key: string): unknown =>
            at(own[key]?.inputs, "spec", "template", "spec", "automountServiceAccountToken");
        assert.deepEqual([token("Deployment doctor"), token("Deployment doctor-server")], [true, false]);
    });

    it("may query a Jaeger that only the mesh may query, or only one namespace", async () => {
        const jaeger = ({ resources }: Plan, kind: string): string =>
            JSON.stringify(resources.filter(({ type }) => type.endsWith(`:${kind}`)).map(({ inputs }) => inputs));
        const excluded = (plan: Plan): string => {
            const template = ["spec", "template", "metadata", "annotations"];
            const key = "traffic.sidecar.istio.io/excludeOutboundPorts";
            return String(at(ofDoctor(plan)["Deployment doctor"]?.inputs, ...template, key));
        };
        const meshOnly = await planWith({ ui: '{"jaegerAccess":"mesh"}' });
        assert.doesNotMatch(excluded(meshOnly), /\b16686\b/);
        assert.match(excluded(await planWith()), /\b16686\b/);
        assert.match(jaeger(meshOnly, "AuthorizationPolicy"), /cluster\.local\/ns\/tracing-doctor\/sa\/tracing-doctor/);
        const ui = {
            ...{ mode: "ingress", host: "traces.example.com", authentication: "external" },
            ...{ from: { namespace: "ingress" }, tls: { mode: "secret", secretName: "tls" } },
        };
        const route = await planWith({ ui: JSON.stringify(ui) });
        assert.match(jaeger(route, "NetworkPolicy"), /"kubernetes\.io\/metadata\.name":"tracing-doctor"/);
    });

    it("waits as long as a Collector tier holds spans", async () => {
        const hold = async (more: object): Promise<unknown> => {
            const { inputs } = ofDoctor(await planWith(more))["Deployment doctor"] ?? {};
            const [container] = listAt(inputs, "spec", "template", "spec", "containers");
            return listAt(container, "env").find(({ name }) => name === "HOLD_SECONDS")?.["value"];
        };
        assert.equal(await hold({}), "0");
        const tier = { enabled: true, keep: { restPercent: 1 }, decisionWaitSeconds: 30, gracePeriodSeconds: 60 };
        assert.equal(await hold({ collectorTier: JSON.stringify(tier) }), "30");
    });

    it("logs in to a Jaeger that asks for it, from a Secret of its own", async () => {
        const own = ofDoctor(
            await planWith({
                ui: JSON.stringify({ mode: "gateway", host: "a.example.com", tls: { mode: "plainHttp" } }),
                uiBasicAuth: JSON.stringify({ username: "anna", password: "correct-horse-9" }),
            }),
        );
        assert.ok(own["Secret doctor-login"]);
        assert.match(JSON.stringify(own["Deployment doctor"]?.inputs), /JAEGER_LOGIN/);
    });

    it("tells the operator's Prometheus where its metrics are, else every Prometheus by annotations", async () => {
        const annotated = ofDoctor(await planWith())["Service doctor"];
        assert.equal(at(annotated?.inputs, "metadata", "annotations", "prometheus.io/port"), "9464");
        const metrics = JSON.stringify({ operator: "jaeger", operatorLabels: { release: "prometheus" } });
        const own = ofDoctor(await planWith({ metrics }));
        assert.equal(at(own["Service doctor"]?.inputs, "metadata", "annotations", "prometheus.io/port"), undefined);
        const monitor = own["ServiceMonitor doctor"];
        assert.deepEqual(at(monitor?.inputs, "metadata", "labels"), { release: "prometheus" });
    });

    it("refuses arguments that are empty or of another type", () => {
        assertRefused(resolveDoctorArgs, LEAST, {
            namespace: ["", 5],
            image: ["", "doctor", 5],
            imagePullPolicy: ["Sometimes"],
            intervalSeconds: [14, "60"],
            holdSeconds: [-1, 601, 1.5, "10"],
            resources: [{ requests: { cpu: "2" }, limits: { cpu: "1" } }],
            sidecarHash: [""],
            injectByLabel: ["true"],
            revision: ["A"],
            credential: [{}, "anna"],
            meshOnly: ["true"],
            operatorLabels: ["x"],
            pods: ["x"],
            platformUserIds: ["true"],
            readyTimeoutSeconds: [5],
        });
    });
});
