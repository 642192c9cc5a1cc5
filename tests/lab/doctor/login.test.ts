import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";

import { assertHealthy, examine } from "./examine";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import { createCertificate, CREDENTIAL, HOST } from "../ui/gateway";

const UI = { mode: "gateway", host: HOST, basePath: "/traces/of/all", serviceType: "ClusterIP" };
const SETTINGS = {
    ui: JSON.stringify({ ...UI, tls: { mode: "secret", secretName: "traces-tls" } }),
    uiBasicAuth: JSON.stringify(CREDENTIAL),
};
const LOGIN = `${CREDENTIAL.username}:${CREDENTIAL.password}`;

describe("the doctor, before a Jaeger with a login, a base path and a sidecar that lets in the gateway alone", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        createCertificate(lab);
        assert.equal((await program(lab, "up", SETTINGS)).failed, undefined);
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        kubectl(lab, "delete", "namespace", "istio-ingress", "--wait=false");
    });

    it("finds nothing with the login", async () => {
        await eventually(30, async () => {
            const { healthy, findings } = await examine(lab, { requests: 10, jaegerLogin: LOGIN });
            return healthy || findings.map(({ id, got }) => `${id}: ${got}`).join("; ");
        });
        const { segments } = await assertHealthy(lab, { jaegerLogin: LOGIN });
        const query = segments.find(({ segment }) => segment === "query");
        assert.match(query?.values["asked"] ?? "", /^Pod istio-system\/jaeger-.*from inside below \/traces\/of\/all$/);
    });

    for (const [what, login, next] of [
        ["no login", undefined, /set JAEGER_LOGIN=USER:PASSWORD/],
        ["a wrong login", `${CREDENTIAL.username}:wrong`, /correct the user and password in JAEGER_LOGIN/],
    ] as const) {
        it(`blames nobody with ${what}, and says the next step`, async () => {
            const { findings, healthy, skipped } = await examine(lab, { requests: 10, jaegerLogin: login });
            assert.deepEqual([findings, healthy], [[], false]);
            assert.match(skipped.map(({ what, reason }) => `${what}: ${reason}`).join("\n"), next);
        });
    }
});
