import assert from "node:assert/strict";
import {
    judgeLeftovers,
    type Installation,
    type IstioTraces,
    type KindObject,
} from "../../../../checks/cluster/leftovers";

const BASE = { name: "istio-base", namespace: "istio-system" };
const ISTIOD = { name: "istiod", namespace: "istio-system" };
const INSTALLATION: Installation = {
    ...{ base: BASE, istiod: ISTIOD },
    namespaces: ["istio-system", "demo"],
    elsewhere: ["Telemetry shop/namespace-default"],
    keepCrds: false,
};

const object = (kind: string, name: string, namespace?: string): KindObject => ({
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});

const ownedBy = (thing: KindObject, release: string, namespace = "istio-system"): KindObject => ({
    ...thing,
    metadata: {
        ...thing.metadata,
        labels: { "app.kubernetes.io/managed-by": "Helm" },
        annotations: { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace },
    },
});

const CRD = ownedBy(object("CustomResourceDefinition", "sidecars.networking.istio.io"), "istio-base");
const FOREIGN_CRD = ownedBy(object("CustomResourceDefinition", "gateways.networking.istio.io"), "base", "mesh");
const CONFIG_MAP = object("ConfigMap", "istio-ca-root-cert", "default");
const THEIRS = object("Sidecar", "theirs", "shop");

const traces = (more: Partial<IstioTraces> = {}): IstioTraces => ({
    ...{ istiods: [], releases: [], crds: [CRD, FOREIGN_CRD], configMaps: [CONFIG_MAP], customResources: [] },
    ...more,
});
const ids = (more: Partial<IstioTraces>, installation = INSTALLATION): string[] =>
    judgeLeftovers(traces(more), installation).findings.map(({ id, severity }) => `${severity} ${id}`);

describe("what a destroy leaves behind", () => {
    it("is removed when nobody uses it: istiod's ConfigMaps and our CRDs, not those of another installer", () => {
        assert.deepEqual(judgeLeftovers(traces(), INSTALLATION), { remove: [CONFIG_MAP, CRD], findings: [] });
    });

    it("keeps every CRD while one object of somebody else is left, and names it", () => {
        const { remove, findings } = judgeLeftovers(traces({ customResources: [THEIRS] }), INSTALLATION);
        assert.deepEqual(remove, [CONFIG_MAP]);
        assert.equal(findings[0]?.severity, "error");
        assert.equal(findings[0].resource, "Sidecar shop/theirs");
    });

    it("names ten of many objects and counts the others", () => {
        const many = Array.from({ length: 13 }, (_, index) => object("Sidecar", `s${String(index)}`, "shop"));
        const [finding] = judgeLeftovers(traces({ customResources: many }), INSTALLATION).findings;
        assert.match(finding?.resource ?? "", /Sidecar shop\/s9 and 3 more$/);
    });

    it("keeps the CRDs without asking whose objects there are when keepCrds is true", () => {
        const keep = { ...INSTALLATION, keepCrds: true };
        assert.deepEqual(judgeLeftovers(traces({ customResources: [THEIRS] }), keep).remove, [CONFIG_MAP]);
        assert.deepEqual(ids({ customResources: [THEIRS] }, keep), ["info crds-kept"]);
    });

    it("is not touched while this program's istiod, a pod of it or a release of it is there", () => {
        const istiod = ownedBy(object("Deployment", "istiod", "istio-system"), "istiod");
        const pod = object("Pod", "istiod-1", "istio-system");
        for (const more of [{ istiods: [istiod] }, { istiods: [pod] }, { releases: [BASE] }]) {
            assert.deepEqual(judgeLeftovers(traces(more), INSTALLATION).remove, []);
            assert.deepEqual(ids(more), ["error destroy-first"]);
        }
    });

    it("is not touched while another Istio uses it", () => {
        const istiods = [object("Deployment", "istiod", "other-mesh")];
        assert.deepEqual(judgeLeftovers(traces({ istiods }), INSTALLATION).remove, []);
        assert.deepEqual(ids({ istiods }), ["warning leftovers-used"]);
    });

    it("is foretold before the destroy: what goes with our namespaces, and what will stand in the way", () => {
        const mine = { ...object("Telemetry", "mesh-default", "istio-system") };
        mine.metadata.managedFields = [{ manager: "pulumi-kubernetes-1a2b3c4d" }];
        const guest = object("Sidecar", "guest", "demo");
        assert.deepEqual(ids({ releases: [ISTIOD], customResources: [mine, guest, THEIRS] }), [
            "error destroy-first",
            "warning deleted-with-namespace",
            "error crds-in-use",
        ]);
        assert.deepEqual(ids({ releases: [ISTIOD], customResources: [mine] }), ["error destroy-first"]);
    });
});
