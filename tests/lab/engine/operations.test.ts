import assert from "node:assert/strict";
import { join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { runEngine, type EngineEvent, type EngineResult, type Operation } from "../../../lab/engine";
import { SmallProgram } from "../../contract/smallProgram";
import { kubectl, sharedLab } from "../support/sharedLab";

const namespace = 'const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: "engine-test" } });\n';
const inside = 'metadata: { namespace: "engine-test" }';
/** A Deployment whose image nobody has. */
const broken = (options = ""): string => `new k8s.apps.v1.Deployment("broken", {
    metadata: { name: "broken", namespace: "engine-test", annotations: { "pulumi.com/timeoutSeconds": "6" } },
    spec: { selector: { matchLabels: { app: "broken" } }, template: { metadata: { labels: { app: "broken" } }, spec: {
        containers: [{ name: "main", image: "registry.invalid/nothing:1", imagePullPolicy: "Never" }] } } },
}, { dependsOn: [ns] ${options} });\n`;
const configMap = (data: string, options = "{ dependsOn: [ns] }", metadata = inside): string =>
    `const cm = new k8s.core.v1.ConfigMap("cm", { ${metadata}, data: { a: "${data}" } }, ${options});\n`;

describe("the engine on a real cluster", function () {
    this.timeout(120_000);
    let lab: Cluster;
    let small: SmallProgram;
    let events: EngineEvent[];

    const run = (operation: Operation, source: string, signal?: AbortSignal): Promise<EngineResult> => {
        small.source(source);
        const { folder: projectDir, stateFile } = small;
        const options = {
            operation,
            projectDir,
            stateFile,
            stack: "dev",
            config: {},
            kubeconfig: lab.kubeconfig,
            signal,
        };
        const helm = join(lab.artifacts.binDir, "helm");
        return runEngine({ ...options, helm, report: (event) => events.push(event) });
    };
    const up = async (source: string): Promise<EngineResult["summary"]> => {
        const { failed, summary } = await run("up", source);
        assert.equal(failed, undefined);
        return summary;
    };
    const names = (): string[] =>
        kubectl(lab, "-n", "engine-test", "get", "cm", "-o", "name").match(/\bcm\b.*|[^/\s]*cm-[0-9a-f]{8}/g) ?? [];

    before(async () => {
        lab = await sharedLab();
    });
    beforeEach(() => {
        small = new SmallProgram();
        events = [];
    });
    afterEach(async () => {
        await run("destroy", "");
        kubectl(lab, "delete", "ns", "engine-test", "--ignore-not-found");
        small.remove();
    });

    it("names the Pod and the reason when a Deployment does not come up, and goes on from there", async () => {
        const { failed } = await run("up", namespace + configMap("1") + broken());
        assert.match(failed ?? "", /Deployment broken: create failed: timed out after 6 s: 0\/1 Pods ready/);
        assert.match(
            failed ?? "",
            /\[Pod engine-test\/broken-.*container main: \[ErrImageNeverPull\].*registry\.invalid/,
        );
        assert.ok(events.some((event) => event.kind === "waiting" && event.reason.includes("ErrImageNeverPull")));
        assert.equal(names().length, 1);
        const again = await run("preview", namespace + configMap("1") + broken());
        assert.deepEqual(again.summary, { create: 0, update: 1, replace: 0, delete: 0, same: 3 });
    });

    it("refuses to make what somebody else has made", async () => {
        kubectl(lab, "create", "ns", "engine-test");
        const { failed } = await run("up", namespace);
        assert.match(failed ?? "", /namespaces "engine-test" already exists\nRemove or import it/);
    });

    it("makes the new object before it deletes the old one when it may choose the name", async () => {
        await up(namespace + configMap("1"));
        const [before] = names();
        await up(namespace + configMap("2"));
        const [after, ...others] = names();
        assert.deepEqual(others, []);
        assert.notEqual(after, before);
        const at = (step: string, kind: string): number =>
            events.findLastIndex(
                (event) => event.kind === kind && "name" in event && event.name === "cm" && event.step === step,
            );
        assert.ok(at("replace", "done") < at("delete", "start"));
    });

    it("leaves protected and retained resources alone", async () => {
        await up(namespace + configMap("1", "{ dependsOn: [ns], protect: true }"));
        for (const source of [namespace, namespace + configMap("2", "{ dependsOn: [ns], protect: true }")]) {
            const { failed } = await run("up", source);
            assert.match(failed ?? "", /cannot (delete|replace) cm: it is protected/);
        }
        await up(namespace + configMap("1", "{ dependsOn: [ns], retainOnDelete: true }"));
        const { delete: deleted } = await up(namespace);
        assert.deepEqual([deleted, names().length], [1, 1]);
    });

    it("waits no longer once it is interrupted, and the next run goes on", async () => {
        const interrupt = new AbortController();
        setTimeout(() => {
            interrupt.abort();
        }, 5000);
        const patient = broken().replace('"6"', '"600"');
        const began = performance.now();
        const { failed } = await run("up", namespace + patient, interrupt.signal);
        assert.match(failed ?? "", /interrupted/);
        assert.ok(performance.now() - began < 15_000);
        await up(namespace);
    });
});
