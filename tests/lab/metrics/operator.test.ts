import assert from "node:assert/strict";
import { runPreflight } from "../../../cli/preflight/index";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent } from "../../../lab/engine";
import { labSettings } from "../../../lab/program";
import { DOCTOR_SETTINGS } from "../support/inClusterDoctor";
import { installOperatorCrds, removeOperatorCrds } from "../support/prometheusOperator";
import { kubectl, labWithProgram, program } from "../support/sharedLab";

const OPERATOR = { metrics: '{"operator":"mesh","operatorLabels":{"release":"lab"}}' };
const MESH = { ...DOCTOR_SETTINGS, ...OPERATOR };
const KINDS = "servicemonitors,podmonitors,prometheusrules";

describe("a cluster with the Prometheus operator's CRDs, and one without", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        removeOperatorCrds(lab);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        removeOperatorCrds(lab);
    });

    const findings = async (overrides: Record<string, string>): Promise<string[]> => {
        const raw = { ...labSettings("ci", lab), ...overrides };
        const result = await runPreflight({ raw, kubeconfig: lab.kubeconfig, timeoutSeconds: 60 });
        return result.findings.filter(({ id }) => id === "prometheus-operator").map(({ severity }) => severity);
    };
    const said = async (overrides: Record<string, string>): Promise<string> => {
        const events: EngineEvent[] = [];
        assert.equal((await program(lab, "preview", overrides, events)).failed, undefined);
        return JSON.stringify(events);
    };

    it("ends a preview of objects that the cluster does not know, with the way out", async () => {
        const { failed } = await program(lab, "preview", MESH);
        assert.match(
            failed ?? "",
            /CRDs servicemonitors\.monitoring\.coreos\.com.*pulumi config rm --path metrics\.operator/,
        );
        assert.deepEqual(await findings(OPERATOR), ["error"]);
    });

    it("says which setting fits, in a preview and in preflight, once it has them", async () => {
        const asked = { metrics: '{"dashboards":true}' };
        assert.doesNotMatch(await said(asked), /prometheus-operator/);
        installOperatorCrds(lab);
        assert.match(await said(asked), /pulumi config set --path metrics\.operator jaeger/);
        assert.deepEqual(await findings(asked), ["info"]);
        assert.deepEqual(await findings(OPERATOR), []);
    });

    it("takes every object for the operator, and a second run changes none", async () => {
        assert.equal((await program(lab, "up", MESH)).failed, undefined);
        const names = kubectl(lab, "get", KINDS, "-A", "-l", "release=lab", "-o", "name").trim().split("\n").sort();
        assert.deepEqual(names, [
            "podmonitor.monitoring.coreos.com/istio-tracing-istiod",
            "podmonitor.monitoring.coreos.com/istio-tracing-sidecars",
            "prometheusrule.monitoring.coreos.com/istio-tracing-alerts",
            "servicemonitor.monitoring.coreos.com/istio-tracing-jaeger",
            "servicemonitor.monitoring.coreos.com/tracing-doctor",
        ]);
        const { failed, summary } = await program(lab, "up", MESH);
        assert.equal(failed, undefined);
        assert.deepEqual({ ...summary, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
    });

    it("loses them with the setting", async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        assert.equal(kubectl(lab, "get", KINDS, "-A", "-o", "name").trim(), "");
    });
});
