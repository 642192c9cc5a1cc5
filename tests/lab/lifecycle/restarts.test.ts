import assert from "node:assert/strict";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { requestsFor } from "../support/requestsFor";
import { eventually, kubectl, labWithProgram, podUids, program } from "../support/sharedLab";

const NAMESPACE = "rolling-test";
const CLIENT = { namespace: NAMESPACE, target: "client", container: "client", url: "http://backend.demo/" };

describe("a change of what sidecars read only when they start", () => {
    let lab: Cluster;
    before(async () => {
        lab = await labWithProgram();
        kubectl(lab, "create", "namespace", NAMESPACE);
        kubectl(lab, "label", "namespace", NAMESPACE, "istio-injection=enabled");
        const image = "docker.io/curlimages/curl:8.16.0";
        kubectl(
            lab,
            "run",
            "client",
            "-n",
            NAMESPACE,
            `--image=${image}`,
            "--image-pull-policy=Never",
            "--command",
            "--",
            "sleep",
            "600",
        );
        kubectl(lab, "wait", "pod/client", "-n", NAMESPACE, "--for=condition=Ready", "--timeout=60s");
    });
    after(async () => {
        kubectl(lab, "delete", "namespace", NAMESPACE, "--wait=false");
        assert.equal((await program(lab, "up")).failed, undefined);
    });

    it("rolls the program's own injected pods by itself, and nobody's request fails meanwhile", async () => {
        const before = podUids(lab);
        const other = podUid(lab, "istio-system", "app=jaeger");
        const resources = JSON.parse(labSettings("ci", lab)["resources"] ?? "{}") as {
            proxy: { limits: { memory: string } };
        };
        resources.proxy.limits.memory = "272Mi";
        const requests = requestsFor(lab, 25, CLIENT);
        const result = await program(lab, "up", { resources: JSON.stringify(resources) });
        assert.equal(result.failed, undefined);
        await eventually(40, () => {
            const now = podUids(lab);
            const rolled = ["frontend", "backend"].every(
                (app) => now[app]?.length === 1 && now[app][0] !== before[app]?.[0],
            );
            return Promise.resolve(rolled ? true : "the old pods still stand");
        });
        assert.equal(podUid(lab, "istio-system", "app=jaeger"), other);
        const codes = await requests;
        assert.ok(codes.length > 200, `${String(codes.length)} requests`);
        assert.deepEqual(
            codes.filter((code) => code !== "200"),
            [],
        );
    });
});

function podUid(lab: Cluster, namespace: string, selector: string): string {
    return kubectl(lab, "get", "pods", "-n", namespace, "-l", selector, "-o", "jsonpath={.items[*].metadata.uid}");
}
