import assert from "node:assert/strict";
import type { Access } from "../../../../doctor/connection/access";
import { diagnose, type Diagnosis } from "../../../../doctor/diagnose";
import { collectEvidence } from "../../../../doctor/evidence/collect";
import { fakeMesh } from "../fakeMesh";

const SILENCE = Promise.resolve({ failure: { kind: "unreachable", reason: "no end within 10 s" } });

/** The diagnosis of a mesh that works and stops answering questions whose words a pattern matches. */
async function examine(silent: RegExp): Promise<Diagnosis> {
    const { access } = fakeMesh({ bystanders: 0, backends: 1, answering: 0 });
    const partly = {
        get: (path: string) => (silent.test(path) ? SILENCE : access.get(path)),
        text: (path: string) => (silent.test(path) ? SILENCE : access.text(path)),
        exec: (where: Parameters<Access["exec"]>[0], command: string[]) =>
            silent.test(command.join(" ")) ? SILENCE : access.exec(where, command),
    };
    return diagnose(await collectEvidence(partly as unknown as Access, { requests: 50 }, () => undefined));
}

describe("the doctor, in a cluster that stops answering midway", () => {
    it("does not blame the mesh for requests that were never sent", async () => {
        await assert.rejects(
            examine(/traceparent/),
            /send requests from Pod demo\/frontend-0: no end within 10 s\. Next: .*kubectl exec frontend-0 -n demo -c frontend/,
        );
    });

    const partial: { what: string; silent: RegExp; skipped: RegExp }[] = [
        { what: "sidecars", silent: /pilot-agent/, skipped: /sidecar of Pod demo\/frontend-0: no end within 10 s/ },
        { what: "the collector's metrics", silent: /:8888/, skipped: /the collector's own metrics: no end/ },
        { what: "a list", silent: /destinationrules/, skipped: /destinationRules: no end/ },
        { what: "logs", silent: /\/log\?/, skipped: /^$/ },
    ];
    for (const { what, silent, skipped } of partial) {
        it(`finds no fault where it cannot read ${what}, and says so`, async () => {
            const diagnosis = await examine(silent);
            assert.deepEqual(diagnosis.findings, []);
            assert.ok(diagnosis.healthy);
            assert.match(diagnosis.skipped.map((each) => `${each.what}: ${each.reason}`).join("\n"), skipped);
        });
    }

    it("counts nothing where the burst was not waited for", async () => {
        const { findings, sampling, healthy } = await examine(/fail-early/);
        assert.deepEqual([findings, sampling.traces, healthy], [[], undefined, true]);
    });
});
