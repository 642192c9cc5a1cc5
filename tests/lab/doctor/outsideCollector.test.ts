import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { apply } from "./faults";
import { FULL } from "../support/fullRun";
import { assertHealthy, examine } from "./examine";
import { command } from "../support/command";
import {
    KEY,
    OUTSIDE_NAME,
    OUTSIDE_PATH,
    OUTSIDE_PORTS,
    resolveOutsideName,
    startOutsideJaeger,
} from "../support/outsideJaeger";
import type { OutsideJaeger } from "../support/outsideJaeger";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";

const { plain, tls, tlsAndKey } = OUTSIDE_PORTS;

/** Ways to a collector outside of the cluster that work, so that a finding would be a false alarm. */
const WAYS: { what: string; byName: boolean; port: number; protocol: string; key?: boolean; full?: boolean }[] = [
    {
        what: "by name, with OTLP over gRPC, TLS and a header",
        byName: true,
        port: tlsAndKey.grpc,
        protocol: "otlp-grpc",
        key: true,
    },
    { what: "by IP address, with zipkin", byName: false, port: plain.zipkin, protocol: "zipkin", full: true },
    { what: "by IP address, with OTLP over HTTP", byName: false, port: plain.http, protocol: "otlp-http", full: true },
    {
        what: "by name, with OTLP over HTTP, TLS and a header",
        byName: true,
        port: tlsAndKey.http,
        protocol: "otlp-http",
        key: true,
        full: true,
    },
    { what: "by IP address, with OTLP over gRPC", byName: false, port: plain.grpc, protocol: "otlp-grpc", full: true },
];

describe("the doctor, in a mesh whose collector is outside of the cluster", () => {
    let lab: Cluster;
    let outside: OutsideJaeger;
    let restoreDns: () => Promise<void>;
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

    for (const { what, byName, port, protocol, key } of WAYS.filter(({ full }) => full !== true || FULL)) {
        it(`finds nothing ${what}`, async () => {
            const host = byName ? OUTSIDE_NAME : outside.address;
            const settings = {
                ...{
                    "jaeger.deploy": "false",
                    collectorAddress: `${host}:${String(port)}`,
                    "collector.protocol": protocol,
                },
                ...(Object.values<number>({ ...tls, ...tlsAndKey }).includes(port) && {
                    "collector.tls": JSON.stringify({ ca: outside.authorityPem }),
                }),
                // The only receiver with a path of its own.
                ...(port === plain.http && { "collector.path": OUTSIDE_PATH }),
                ...(key === true && { collectorHeaders: JSON.stringify({ [KEY.header]: KEY.value }) }),
            };
            assert.equal((await program(lab, "up", settings)).failed, undefined);
            const options = { jaegerUrl: lab.jaegerUrl };
            await eventually(40, async () => {
                const { healthy, findings } = await examine(lab, { ...options, requests: 10 });
                return healthy || findings.map(({ id, got }) => `${id}: ${got}`).join("; ");
            });
            await assertHealthy(lab, options);
        });
    }

    it("blames nobody where it is not told which Jaeger has the traces, and asks for it", async () => {
        const { code, output } = await command("doctor", "--requests", "10");
        assert.equal(code, 2, output);
        assert.match(output, /Jaeger's query API: .*--jaeger URL/);
        assert.match(output, /● export/);
    });

    it("blames no other Jaeger that happens to be in the cluster", async () => {
        const spec = { selector: { app: "nobody" }, ports: [{ port: 16686 }] };
        apply(lab, { apiVersion: "v1", kind: "Service", metadata: { name: "stranger", namespace: "default" }, spec });
        try {
            const { healthy, findings, skipped } = await examine(lab, { requests: 10 });
            assert.deepEqual([healthy, findings], [false, []]);
            assert.match(skipped.map(({ reason }) => reason).join(), /--jaeger URL/);
        } finally {
            kubectl(lab, "delete", "service", "stranger", "-n", "default");
        }
    });
});
