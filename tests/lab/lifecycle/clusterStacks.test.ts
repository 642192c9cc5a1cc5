import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatDrift } from "../../../checks/cluster/drift";
import { runCleanup } from "../../../cli/cleanup/index";
import { findDrift } from "../../../cli/drift/index";
import { runPreflight } from "../../../cli/preflight";
import { provideVolumes, type Cluster } from "../../../lab/cluster";
import type { Operation } from "../../../lab/engine";
import type { ProgramResult } from "../../../lab/programResult";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import { examine } from "../doctor/examine";
import { everyObject } from "../support/allObjects";
import { FULL } from "../support/fullRun";
import { freshContext } from "../support/mesh";
import { eventually, forgetProgram, kubectl, program, sharedLab } from "../support/sharedLab";
import { OPENSHIFT } from "./clusters/openshift";
import { PLATFORM } from "./clusters/platform";
import { RESTRICTED } from "./clusters/restricted";
import { runStack, settingsOf, type Others } from "./clusters/stack";

const NOTHING = { create: 0, update: 0, replace: 0, delete: 0 };

/** What Kubernetes and istiod write into namespaces, and istiod's classes of the Gateway API, which others' gateways name. */
const WRITTEN_BESIDE = [
    /^(ServiceAccount\S* \S+\/default|ConfigMap\S* \S+\/kube-root-ca\.crt|Lease\S* kube-node-lease\/\S+)$/,
    /^(ConfigMap|Secret|Lease)\S* \S+\/istio-(ca-(secret|root-cert|crl)|leader|ip-autoallocate|gateway-[a-z-]+|namespace-[a-z-]+)$/,
    /^GatewayClass\S* \/istio(-remote)?$/,
];

// Each brings Istio up and down, with charts, a CNI plugin, a gateway or a collector of others beside it.
if (FULL)
    for (const stack of [PLATFORM, RESTRICTED, OPENSHIFT]) {
        describe(`the stack file of a cluster as people have it: ${stack.name}`, () => {
            let lab: Cluster;
            let folder: string;
            let others: Others;
            let settings: Record<string, string>;
            let objects: string[];
            before(async () => {
                lab = await sharedLab();
                forgetProgram();
                assert.equal((await program(lab, "destroy")).failed, undefined);
                await provideVolumes(lab);
                folder = mkdtempSync(join(tmpdir(), "cluster-stack-"));
                others = await stack.prepare(lab, folder);
                settings = others.settings;
            });
            after(async () => {
                await run("destroy");
                await others.remove();
                rmSync(folder, { recursive: true });
            });

            /** Runs an operation while the other teams' controllers work. */
            const run = async (operation: Operation): Promise<ProgramResult> => {
                const timer = setInterval(() => others.beside?.(), 1000);
                try {
                    return await runStack(lab, stack, operation, settings);
                } finally {
                    clearInterval(timer);
                }
            };
            const options = (): { raw: Record<string, string>; kubeconfig: string } => ({
                raw: settingsOf(lab, stack, settings),
                kubeconfig: lab.kubeconfig,
            });
            const changes = ({ create, update, replace, delete: gone }: ProgramResult["summary"]): typeof NOTHING => ({
                ...{ create, update, replace, delete: gone },
            });
            /** What there is now and was not before the preview, but for what others write. */
            const more = async (): Promise<string[]> =>
                (await everyObject(lab))
                    .filter((one) => !objects.includes(one))
                    .filter((one) => !WRITTEN_BESIDE.some((form) => form.test(one)));
            const isTraced = async (): Promise<true> => {
                const { url, close } = await others.openJaeger();
                try {
                    return await eventually(60, async () => {
                        const { header, traceId } = freshContext();
                        const status = others.request(header);
                        if (status !== "200") return `the request got ${status}`;
                        return eventually(10, async () => {
                            const trace = await new JaegerClient(url).trace(traceId);
                            return trace === undefined
                                ? "no span arrives"
                                : (whyNotJoined(trace, ...stack.services) ?? true);
                        }).catch((error: unknown) => String(error));
                    });
                } finally {
                    await close();
                }
            };

            it("passes preflight, and is previewed without a write", async () => {
                const { findings } = await runPreflight(options());
                assert.deepEqual(
                    findings.filter(({ severity }) => severity === "error"),
                    [],
                );
                objects = await everyObject(lab);
                const { failed, summary } = await run("preview");
                assert.equal(failed, undefined);
                assert.ok(summary.create > 10);
                assert.deepEqual(await more(), []);
            });

            it("comes up, and its traces are joined", async () => {
                assert.equal((await run("up")).failed, undefined);
                await isTraced();
            });

            it("has no error for the doctor, no drift, and no change in a second update", async () => {
                const { findings, healthy } = await examine(lab, others.doctor);
                assert.deepEqual(
                    findings.map(({ id, resource, got }) => `${id} ${resource}: ${got}`),
                    [],
                );
                assert.ok(healthy);
                assert.deepEqual((await findDrift(options())).drifts.map(formatDrift), []);
                assert.deepEqual(changes((await run("up")).summary), NOTHING);
            });

            it("takes a changed setting, and traces on", async () => {
                const { change } = others;
                assert.equal(change.shown(), change.before);
                settings = { ...settings, ...change.settings };
                assert.equal((await run("up")).failed, undefined);
                assert.equal(change.shown(), change.after);
                await isTraced();
                assert.deepEqual(changes((await run("up")).summary), NOTHING);
            });

            it("leaves nothing of its own behind after a destroy", async () => {
                others.endTraffic?.();
                assert.equal((await run("destroy")).failed, undefined);
                settings = { ...settings, "istio.keepCrds": "false" };
                const { findings } = await runCleanup(options());
                assert.deepEqual(findings, []);
                await eventually(30, async () => (await more()).join(", ") || true);
                assert.equal(kubectl(lab, "get", "crds", "-o", "name").includes("telemetry.istio.io"), false);
            });
        });
    }
