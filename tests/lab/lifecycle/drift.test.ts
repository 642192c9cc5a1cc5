import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { formatDrift } from "../../../checks/cluster/drift";
import { findDrift } from "../../../cli/drift/index";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { kubectl, labWithProgram, program } from "../support/sharedLab";

describe("drift", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        assert.equal((await program(lab, "up")).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    const drift = async (raw = labSettings("ci", lab)): Promise<string[]> =>
        (await findDrift({ raw, kubeconfig: lab.kubeconfig })).drifts.map(formatDrift);
    const edit = (...args: string[]): string => kubectl(lab, "patch", ...args);

    const removal = (path: string): string => JSON.stringify([{ op: "remove", path }]);

    it("is none after an installation, with more than 40 objects compared", async () => {
        const { drifts, objects } = await findDrift({ raw: labSettings("ci", lab), kubeconfig: lab.kubeconfig });
        assert.deepEqual(drifts, []);
        assert.ok(objects > 40, String(objects));
    });

    it("is none after a change by the program, and that change for who still expects the former settings", async () => {
        const dev = { ...labSettings("dev", lab), samplingPercent: "25" };
        assert.equal((await program(lab, "up", dev)).failed, undefined);
        assert.deepEqual(await drift(dev), []);
        const former = await drift();
        const telemetry = former.find((line) => line.startsWith("Telemetry istio-system/mesh-default spec.tracing"));
        assert.match(telemetry ?? former.join("\n"), /expected 100, got 25$/);
        assert.equal((await program(lab, "up")).failed, undefined);
        assert.deepEqual(await drift(), []);
    });

    it("is found in what was changed or deleted by hand, also inside of the charts", async () => {
        edit("deployment", "-n", "demo", "backend", "--type=json", "-p", removal("/metadata/labels/app"));
        kubectl(lab, "delete", "service", "-n", "istio-system", "jaeger-query");
        kubectl(lab, "set", "env", "-n", "istio-system", "deployment/istiod", "PILOT_TRACE_SAMPLING=7");
        edit(
            "configmap",
            "-n",
            "istio-system",
            "istio",
            "--type=merge",
            "-p",
            '{"data":{"mesh":"accessLogFile: \\"\\"\\n"}}',
        );
        const found = await drift();
        assert.equal(found.length, 4, found.join("\n"));
        assert.ok(found.includes('Deployment demo/backend metadata.labels.app: expected "backend", got nothing'));
        assert.ok(
            found.includes(
                "Service istio-system/jaeger-query: expected the object, got no such object: it was deleted",
            ),
        );
        assert.ok(
            found.some((line) =>
                /^Deployment istio-system\/istiod .*env\[PILOT_TRACE_SAMPLING\]\.value: expected "1", got "7"$/.test(
                    line,
                ),
            ),
        );
        assert.ok(found.some((line) => /^ConfigMap istio-system\/istio data\.mesh line \d+: /.test(line)));
    });

    it("of ordinary objects is put right by refresh and up", async () => {
        assert.equal((await program(lab, "refresh")).failed, undefined);
        assert.equal((await program(lab, "up")).failed, undefined);
        const left = await drift();
        assert.deepEqual(left.map((line) => line.split(" ")[1]).sort(), ["istio-system/istio", "istio-system/istiod"]);
    });

    it("inside of a chart is put right by a rollback to the revision that is deployed", async () => {
        const helm = (...args: string[]): string => {
            const { status, stdout, stderr } = spawnSync(join(lab.artifacts.binDir, "helm"), args, {
                encoding: "utf8",
                env: { ...process.env, KUBECONFIG: lab.kubeconfig },
            });
            assert.equal(status, 0, stderr);
            return stdout;
        };
        const listed = helm("list", "-n", "istio-system", "--filter", "^istiod$", "--output", "json");
        const [deployed] = JSON.parse(listed) as [{ revision: string }];
        helm("rollback", "istiod", deployed.revision, "-n", "istio-system", "--wait");
        assert.deepEqual(await drift(), []);
    });
});
