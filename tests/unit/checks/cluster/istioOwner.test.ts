import assert from "node:assert/strict";
import { checkOwnIstioKept, checkRoomForIstio, type WantedIstio } from "../../../../checks/cluster/istioOwner";

const URN = "urn:pulumi:prod::istio-tracing::";
const RELEASE = "kubernetes:helm.sh/v3:Release";
const OWN = ["istio-base", "istio-istiod"].map((name) => `${URN}istio-tracing:components:Istio$${RELEASE}::${name}`);
const MTLS = `${URN}istio-tracing:components:Istio$kubernetes:security.istio.io/v1:PeerAuthentication::istio-mtls`;
const JAEGER = `${URN}istio-tracing:components:Jaeger$kubernetes:apps/v1:Deployment::jaeger`;

describe("a stack that has installed Istio, and whose settings ask for none", () => {
    it("is refused before the update would remove it, with the way back and the way to hand it over", () => {
        const [found, ...others] = checkOwnIstioKept([...OWN, JAEGER], [], "prod");
        assert.deepEqual(others, []);
        assert.match(found?.got ?? "", /^istio-base, istio-istiod, which the update would remove/);
        assert.match(found?.cure ?? "", /istio\.install true --stack prod.*npm run adopt -- --stack prod/);
    });

    it("is accepted once an adoption takes over all of it, and else told what would go", () => {
        const adopted = ["istio-base", "istio-istiod"];
        assert.deepEqual(checkOwnIstioKept([...OWN, JAEGER], adopted, "prod"), []);
        const [found] = checkOwnIstioKept([...OWN, MTLS], adopted, "prod");
        assert.match(found?.got ?? "", /^istio-mtls, /);
        assert.match(found?.cure ?? "", /istio\.mtlsMode PERMISSIVE/);
        assert.match(checkOwnIstioKept(OWN, ["istio-istiod"], "prod")[0]?.got ?? "", /^istio-base, /);
    });

    it("is accepted if it never had one", () => {
        assert.deepEqual(checkOwnIstioKept([JAEGER], [], "prod"), []);
    });
});

describe("a stack that would install Istio", () => {
    const istiod = (release: string, revision = "default") => ({
        metadata: {
            name: "istiod",
            namespace: "istio-system",
            labels: { app: "istiod", "istio.io/rev": revision, "app.kubernetes.io/managed-by": "Helm" },
            annotations: {
                "meta.helm.sh/release-name": release,
                "meta.helm.sh/release-namespace": "istio-system",
            },
        },
    });
    const namespace = (labels = {}) => ({ metadata: { name: "istio-system", labels } });
    const wanted = (more: Partial<WantedIstio>): WantedIstio => ({
        ...{ urns: [JAEGER], istiods: [], namespace: namespace(), isExistingNamespace: false },
        ...{ release: { name: "istiod", namespace: "istio-system" }, revision: "default", stack: "prod" },
        ...more,
    });
    const ids = (more: Partial<WantedIstio>): string[] => checkRoomForIstio(wanted(more)).map(({ id }) => id);

    it("finds room where there is none, also where CRDs are left", () => {
        assert.deepEqual(ids({}), []);
        assert.deepEqual(ids({ urns: undefined, namespace: undefined }), []);
    });

    it("is refused over an Istio of another release, and only warned of another revision", () => {
        assert.deepEqual(ids({ istiods: [istiod("mesh")] }), ["istio-foreign-control-plane"]);
        const [found] = checkRoomForIstio(wanted({ istiods: [istiod("mesh", "canary")] }));
        assert.equal(found?.severity, "warning");
    });

    it("is refused over a release of the program's own name that it does not have, with adopt as the way", () => {
        const [found] = checkRoomForIstio(wanted({ istiods: [istiod("istiod")] }));
        assert.equal(found?.id, "istio-release-taken");
        assert.match(found.cure, /npm run adopt -- --stack prod.*istio\.install false.*npm run repair/);
    });

    it("tells its own interrupted first update by the namespace that Pulumi has made", () => {
        const first = { urns: undefined, istiods: [istiod("istiod")] };
        assert.deepEqual(ids({ ...first, namespace: namespace({ "app.kubernetes.io/managed-by": "pulumi" }) }), []);
        assert.deepEqual(ids({ ...first, isExistingNamespace: true }), []);
        assert.deepEqual(ids(first), ["istio-release-taken"]);
    });

    it("is refused while it has an adopted one, which it would drop", () => {
        const adopted = `${URN}istio-tracing:components:AdoptedIstio$${RELEASE}::adopted-istio-istiod`;
        const [found] = checkRoomForIstio(wanted({ urns: [adopted] }));
        assert.match(found?.cure ?? "", /npm run adopt -- --stack prod --undo --yes/);
    });
});
