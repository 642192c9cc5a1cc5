import assert from "node:assert/strict";
import { isIPv4, isIPv6 } from "node:net";
import { findDrift } from "../../../cli/drift/index";
import { runPreflight } from "../../../cli/preflight";
import { downCluster, upCluster, type Cluster } from "../../../lab/cluster";
import type { ProgramResult } from "../../../lab/programResult";
import { labSettings } from "../../../lab/program";
import { JaegerClient } from "../../../shared/jaeger/client";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { listAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import { assertHealthy } from "../doctor/examine";
import { FULL } from "../support/fullRun";
import { freshContext, request } from "../support/mesh";
import { eventually, kubectl, program } from "../support/sharedLab";

/** A lab of the checkout's beside those of the suite. */
const NUMBER = "66";
const NODES: { families: string; settings: Record<string, string> }[] = [
    { families: "ipv6", settings: {} },
    {
        families: "ipv4,ipv6",
        settings: {
            "istio.values.env.ISTIO_DUAL_STACK": "true",
            "istio.values.ipFamilyPolicy": "RequireDualStack",
        },
    },
];

// Each needs a node of its own.
if (FULL)
    for (const { families, settings } of NODES) {
        describe(`the stack ci on a node with addresses of ${families}`, () => {
            let lab: Cluster;
            const former = { number: process.env["LAB_NUMBER"], families: process.env["LAB_IP_FAMILIES"] };
            before(async () => {
                Object.assign(process.env, { LAB_NUMBER: NUMBER, LAB_IP_FAMILIES: families });
                lab = await upCluster(() => undefined);
            });
            after(async () => {
                await downCluster(() => undefined);
                set("LAB_NUMBER", former.number);
                set("LAB_IP_FAMILIES", former.families);
            });
            const raw = (): Record<string, string> => setPaths(labSettings("ci", lab), settings);
            const changes = ({ summary: { create, update, replace, delete: gone } }: ProgramResult): number[] => [
                ...[create, update, replace, gone],
            ];

            it("comes up after preflight, with pods of these families", async () => {
                const { findings } = await runPreflight({ kubeconfig: lab.kubeconfig, raw: raw() });
                assert.deepEqual(findings, []);
                assert.equal((await program(lab, "up", settings)).failed, undefined);
                const pods = JSON.parse(kubectl(lab, "get", "pods", "-n", "demo", "-o", "json")) as PlainObject;
                for (const pod of listAt(pods, "items")) {
                    const addresses = listAt(pod, "status", "podIPs").map((one) => textAt(one, "ip") ?? "");
                    assert.deepEqual(addresses.map(familyOf).join(), families);
                }
            });

            it("joins traces, and the doctor finds nothing", async () => {
                await eventually(60, async () => {
                    const { header, traceId } = freshContext();
                    assert.equal(request(lab, header), "200");
                    return eventually(10, async () => {
                        const trace = await new JaegerClient(lab.jaegerUrl).trace(traceId);
                        if (trace === undefined) return "no span";
                        return whyNotJoined(trace, "frontend.demo", "backend.demo") ?? true;
                    });
                });
                await assertHealthy(lab);
            });

            it("has no drift and no change in a second update, and can be destroyed", async () => {
                assert.deepEqual((await findDrift({ kubeconfig: lab.kubeconfig, raw: raw() })).drifts, []);
                assert.deepEqual(changes(await program(lab, "up", settings)), [0, 0, 0, 0]);
                assert.equal((await program(lab, "destroy")).failed, undefined);
                assert.equal(kubectl(lab, "get", "namespace", "istio-system", "demo", "--ignore-not-found"), "");
            });
        });
    }

function familyOf(address: string): string {
    return isIPv6(address) ? "ipv6" : isIPv4(address) ? "ipv4" : address;
}

function set(name: string, value: string | undefined): void {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
}
