import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { whyNotJoined } from "../../../shared/jaeger/joined";
import type { Cluster } from "../../../lab/cluster";
import type { EngineEvent } from "../../../lab/engine";
import { createAuthority } from "../../../shared/certificates/x509";
import { admin, freshContext, request } from "../support/mesh";
import {
    KEY,
    OUTSIDE_NAME,
    OUTSIDE_PATH,
    OUTSIDE_PORTS,
    type OutsideJaeger,
    resolveOutsideName,
    startOutsideJaeger,
} from "../support/outsideJaeger";
import { eventually, kubectl, labWithProgram, podUids, program } from "../support/sharedLab";

describe("a collector outside of the cluster", () => {
    let lab: Cluster;
    let outside: OutsideJaeger;
    let restoreDns: () => Promise<void>;
    let pods: Record<string, string[]>;
    before(async () => {
        lab = await labWithProgram();
        outside = await startOutsideJaeger(lab);
        restoreDns = await resolveOutsideName(lab);
    });
    after(async () => {
        outside.stop();
        await restoreDns();
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    /** Changes the settings; all that is not said is at the stack's own value. */
    const set = async (host: string, port: number, more: Record<string, string> = {}): Promise<EngineEvent[]> => {
        const events: EngineEvent[] = [];
        const settings = { "jaeger.deploy": "false", collectorAddress: `${host}:${String(port)}`, ...more };
        assert.equal((await program(lab, "up", settings, events)).failed, undefined);
        return events;
    };
    const tls = (ca: string): Record<string, string> => ({ "collector.tls": JSON.stringify({ ca }) });
    const key = (value: string): Record<string, string> => ({
        collectorHeaders: JSON.stringify({ [KEY.header]: value }),
    });
    /** Sends a request of its own and says why its trace is not in the second Jaeger, joined. */
    const whyNotThere = async (): Promise<string | undefined> => {
        const context = freshContext();
        assert.equal(request(lab, context.header), "200");
        let reason: string | undefined;
        for (const end = performance.now() + 2500; performance.now() < end;) {
            const trace = await outside.client.trace(context.traceId);
            reason = trace === undefined ? "no span arrives" : whyNotJoined(trace, "frontend.demo", "backend.demo");
            if (reason === undefined) break;
            await new Promise((resolve) => setTimeout(resolve, 100));
        }
        return reason;
    };
    const arrives = (): Promise<true> => eventually(40, async () => (await whyNotThere()) ?? true);
    const stopsArriving = async (): Promise<void> => {
        await eventually(30, async () => ((await whyNotThere()) === "no span arrives" ? true : "spans still arrive"));
        assert.equal(await whyNotThere(), "no span arrives");
    };

    it("gets joined traces by a DNS name that the mesh did not know, and the own Jaeger is gone", async () => {
        await set(OUTSIDE_NAME, OUTSIDE_PORTS.plain.grpc);
        await arrives();
        const left = kubectl(lab, "get", "deployments,services", "-n", "istio-system", "-o", "name");
        assert.doesNotMatch(left, /jaeger/);
        pods = podUids(lab);
    });

    it("takes no port from the applications but one that nobody uses", () => {
        assert.doesNotMatch(admin(lab, "frontend", "listeners"), new RegExp(`:${String(OUTSIDE_PORTS.plain.grpc)}\\b`));
    });

    it("gets no span when its certificate is of another authority", async () => {
        await set(OUTSIDE_NAME, OUTSIDE_PORTS.tls.grpc, tls(createAuthority("other").certificatePem));
        await stopsArriving();
        assert.match(admin(lab, "frontend", "clusters"), /outside\.example\.com::.*::cx_connect_fail::[1-9]/);
    });

    it("gets no span without the header that it asks for", async () => {
        await set(OUTSIDE_NAME, OUTSIDE_PORTS.tlsAndKey.grpc, {
            ...tls(outside.authorityPem),
            ...key("Basic none"),
        });
        await stopsArriving();
    });

    for (const [protocol, port] of [
        ["otlp-grpc", OUTSIDE_PORTS.tlsAndKey.grpc],
        ["otlp-http", OUTSIDE_PORTS.tlsAndKey.http],
    ] as const) {
        it(`gets joined traces over TLS with the header by ${protocol}, and nobody can read its value`, async () => {
            const more = { "collector.protocol": protocol, ...tls(outside.authorityPem), ...key(KEY.value) };
            const events = await set(OUTSIDE_NAME, port, more);
            await arrives();
            const state = join(lab.identity.stateDir, "stacks", "ci.json");
            const read = [
                JSON.stringify(events),
                kubectl(lab, "get", "configmaps", "-A", "-o", "yaml"),
                kubectl(lab, "get", "deployment", "istiod", "-n", "istio-system", "-o", "yaml"),
                existsSync(state) ? readFileSync(state, "utf8") : "",
            ];
            for (const text of read) assert.ok(!text.includes(KEY.value));
        });
    }

    it("gets joined traces by OTLP over HTTP at a path of its own, and none at the usual one", async () => {
        const http = { "collector.protocol": "otlp-http" };
        await set(OUTSIDE_NAME, OUTSIDE_PORTS.plain.http, { ...http, "collector.path": OUTSIDE_PATH });
        await arrives();
        await set(OUTSIDE_NAME, OUTSIDE_PORTS.plain.http, http);
        await stopsArriving();
    });

    it("may change its port, path, protocol, TLS and headers without a restart of a pod", () => {
        assert.deepEqual(podUids(lab), pods);
    });

    it("gets joined traces by its IP address over TLS, with the authority from a ConfigMap", async () => {
        const ca = `ca.crt=${outside.authorityPem}`;
        kubectl(lab, "create", "configmap", "outside-ca", "-n", "istio-system", `--from-literal=${ca}`);
        try {
            await set(outside.address, OUTSIDE_PORTS.tls.grpc, tls("configmap:outside-ca"));
            await arrives();
        } finally {
            kubectl(lab, "delete", "configmap", "outside-ca", "-n", "istio-system");
        }
    });

    it("gets joined traces by its IP address with zipkin", async () => {
        await set(outside.address, OUTSIDE_PORTS.plain.zipkin, { "collector.protocol": "zipkin" });
        await arrives();
    });
});
