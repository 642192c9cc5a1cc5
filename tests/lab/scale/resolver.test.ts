import assert from "node:assert/strict";
import type { DoctorFinding } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";
import { omit } from "../../../shared/values/plainObjects";
import { applyCure, shell } from "../doctor/examine";
import { kubectl, labWith, restore } from "../support/sharedLab";
import { tier } from "../support/tier";
import { changeTier, foundInTier, tierHeals } from "../support/tierFaults";

const SYSTEM = "istio-system";
const ROUTERS = "deployment/tracing-router";
const TIER = tier({ slowMs: 60_000, restPercent: 0 }, { routers: { min: 1, max: 1 } });

describe("the doctor, at routers that do not find their samplers as they should,", function () {
    this.timeout(900_000);
    let lab: Cluster;
    before(async () => {
        lab = await labWith(TIER);
    });
    after(() => restore(lab));

    /** What the doctor says of routers that start with other rights; it finds nothing after the cure that it has printed. */
    const findsAndCures = async (id: string): Promise<DoctorFinding> => {
        kubectl(lab, "rollout", "restart", ROUTERS, "-n", SYSTEM);
        const finding = await foundInTier(lab, id);
        applyCure(lab, finding);
        await tierHeals(lab);
        return finding;
    };
    /** An object as it is now, to be created again. */
    const copyOf = (kind: string, name: string): string => {
        const { metadata, ...rest } = JSON.parse(kubectl(lab, "get", kind, name, "-n", SYSTEM, "-o", "json")) as {
            metadata: Record<string, unknown>;
        };
        return JSON.stringify({ ...rest, metadata: omit(metadata, "uid", "resourceVersion", "creationTimestamp") });
    };
    const removeGranted = (): void => {
        for (const kind of ["rolebinding", "role"])
            kubectl(lab, "delete", kind, "tracing-router-resolver", "-n", SYSTEM, "--ignore-not-found");
    };

    it("names the right that nobody gives their account any more", async () => {
        const binding = copyOf("rolebinding", "tracing-router");
        kubectl(lab, "delete", "rolebinding", "tracing-router", "-n", SYSTEM);
        try {
            const finding = await findsAndCures("tier-resolver-rights");
            assert.equal(finding.resource, `ServiceAccount ${SYSTEM}/tracing-router`);
            assert.match(finding.got, /^the log of a router says that the API server refuses list and watch/);
        } finally {
            shell(lab, "kubectl create -f -", binding);
            removeGranted();
        }
    });

    it("names the verb that their Role lacks, without which they learn of samplers late", async () => {
        const withVerbs = (...verbs: string[]): void => {
            const patch = JSON.stringify([{ op: "replace", path: "/rules/0/verbs", value: verbs }]);
            kubectl(lab, "patch", "role", "tracing-router", "-n", SYSTEM, "--type=json", "-p", patch);
        };
        withVerbs("get", "list");
        try {
            const finding = await findsAndCures("tier-resolver-rights");
            assert.equal(finding.severity, "warning");
            assert.match(finding.got, / watch: routers list them repeatedly/);
        } finally {
            withVerbs("get", "list", "watch");
            removeGranted();
        }
    });

    it("names the Service whose address alone DNS tells them", async () => {
        const spec = { selector: { app: "tracing-sampler" }, ports: [{ name: "grpc-otlp", port: 4317 }] };
        const service = { apiVersion: "v1", kind: "Service", metadata: { name: "samplers", namespace: SYSTEM }, spec };
        shell(lab, "kubectl create -f -", JSON.stringify(service));
        const putBack = changeTier(lab, ROUTERS, ({ exporters }) => {
            const dns = { hostname: `samplers.${SYSTEM}.svc.cluster.local`, port: "4317", interval: "5s" };
            Object.assign(exporters["load_balancing"] ?? {}, { resolver: { dns } });
        });
        try {
            const finding = await foundInTier(lab, "tier-not-headless");
            assert.equal(finding.severity, "warning");
            assert.match(
                finding.got,
                /^clusterIP [\d.]+, which is the only address that the resolver dns of load_balancing finds/,
            );
            // The cure: a headless Service of the same name.
            kubectl(lab, "delete", "service", "samplers", "-n", SYSTEM);
            const headless = { ...service, spec: { ...spec, clusterIP: "None" } };
            shell(lab, "kubectl create -f -", JSON.stringify(headless));
            await tierHeals(lab);
        } finally {
            putBack();
            kubectl(lab, "delete", "service", "samplers", "-n", SYSTEM);
        }
    });
});
