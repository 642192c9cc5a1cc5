import assert from "node:assert/strict";
import { runCleanup } from "../../../cli/cleanup/index";
import { findDrift } from "../../../cli/drift/index";
import { runPreflight } from "../../../cli/preflight";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent } from "../../../lab/engine";
import { assertHealthy } from "../doctor/examine";
import { kubectl, labWithProgram, program } from "../support/sharedLab";
import {
    existing,
    helmInstall,
    LAB_VALUES,
    labWithoutIstio,
    ownersObjects,
    PROVIDER,
    rawSettings,
    removeIstio,
    run,
    written,
} from "./mesh";

const REVISION = "team-a";
/** As another team wrote them, and this program would not. */
const VALUES = {
    ...LAB_VALUES,
    revision: REVISION,
    meshConfig: {
        accessLogFile: "/dev/stdout",
        outboundTrafficPolicy: { mode: "ALLOW_ANY" },
        extensionProviders: [{ name: "metrics", prometheus: {} }, PROVIDER],
        defaultConfig: { proxyMetadata: { TEAM: "a" }, tracing: {} },
    },
};

describe("a mesh that a team installed with Helm, with a revision and values of its own", () => {
    let lab: Cluster;
    let owned: Record<string, unknown>;
    before(async () => {
        lab = await labWithoutIstio();
        helmInstall(lab, "istio-base", "base", { defaultRevision: REVISION });
        helmInstall(lab, `istiod-${REVISION}`, "istiod", VALUES);
        owned = ownersObjects(lab);
    });
    after(async () => {
        await program(lab, "destroy", existing({ revision: REVISION }));
        removeIstio(lab);
        await labWithProgram();
    });

    it("is refused at the preview and at the update with a provider that it lacks, and nothing is written", async () => {
        const settings = existing({ revision: REVISION, provider: "tracing" });
        for (const operation of ["preview", "up"] as const) {
            const events: EngineEvent[] = [];
            const result = await program(lab, operation, settings, events);
            assert.match(
                result.failed ?? "",
                /which istio\.provider names: tracing, got extensionProviders metrics, jaeger/,
            );
            assert.match(result.failed ?? "", /helm upgrade istiod-team-a CHART -n istio-system/);
            assert.deepEqual(written(result), []);
        }
        assert.deepEqual(ownersObjects(lab), owned);
    });

    it("is refused with the default revision, which it has not", async () => {
        const result = await program(lab, "preview", existing());
        assert.match(result.failed ?? "", /no ConfigMap istio in the namespace istio-system/);
    });

    it("is traced by an update, which the doctor proves", async () => {
        const result = await run(lab, "up", existing({ revision: REVISION }));
        assert.equal(result.outputs["istioVersion"], "1.31.1");
        const { mesh } = await assertHealthy(lab);
        assert.equal(mesh.revision, REVISION);
    });

    it("sees no change at a second update", async () => {
        for (const operation of ["preview", "up"] as const)
            assert.deepEqual(written(await run(lab, operation, existing({ revision: REVISION }))), []);
    });

    it("has no drift, and passes preflight as an update", async () => {
        const raw = rawSettings(lab, existing({ revision: REVISION }));
        const { drifts } = await findDrift({ raw, kubeconfig: lab.kubeconfig });
        assert.deepEqual(drifts, []);
        const { exitCode, update, findings } = await runPreflight({ raw, kubeconfig: lab.kubeconfig });
        assert.deepEqual([exitCode, update], [0, true], JSON.stringify(findings));
        const { removed, exitCode: cleaned } = await runCleanup({ raw, kubeconfig: lab.kubeconfig });
        assert.deepEqual([removed, cleaned], [[], 0]);
    });

    it("keeps all that is its owner's through a destroy", async () => {
        await run(lab, "destroy", existing({ revision: REVISION }));
        assert.deepEqual(ownersObjects(lab), owned);
        assert.match(
            kubectl(lab, "get", "deployment", "-n", "istio-system", "-o", "name"),
            /^deployment\.apps\/istiod-team-a\n$/,
        );
        assert.equal(kubectl(lab, "get", "telemetries", "-A", "-o", "name"), "");
    });
});
