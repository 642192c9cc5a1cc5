import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Access } from "../../../../doctor/connection/access";
import { readResolverRights, type ResolverRights } from "../../../../doctor/evidence/resolverRights";
import type { PodObject } from "../../../../shared/kubernetes/objects";
import { ROUTER, SAMPLER, SYSTEM } from "../analyzers/storage/tierPatient";
import { pod } from "../patient";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
/** What a Collector 0.161 wrote in its first seconds whose account had no right. */
const LOG = readFileSync(join(__dirname, "routerWithoutRights.txt"), "utf8");

/** A router that waits, whose container has ended so many times. */
function waiting(name: string, restartCount = 0): PodObject {
    const { metadata, spec, status } = pod(SYSTEM, name, "10.0.0.20", false);
    const containerStatuses = [{ name, restartCount }];
    return { metadata, spec, status: { ...status, conditions: [], containerStatuses } };
}

/** What is read of pods with ROUTER's configuration, and the paths that were asked. */
async function read(
    pods: PodObject[],
    answers: Partial<Pick<Access, "get" | "text">> = {},
    files = [ROUTER],
): Promise<{ rights: ResolverRights | undefined; asked: string[] }> {
    const asked: string[] = [];
    const get: Access["get"] = (path) => {
        asked.push(path.replace(/\?.*/, ""));
        return answers.get?.(path) ?? Promise.resolve({ value: undefined });
    };
    const text: Access["text"] = (path) => {
        asked.push(path.replace(/&tailLines.*/, ""));
        return answers.text?.(path) ?? Promise.resolve({ value: "" });
    };
    return { rights: await readResolverRights({ get, text }, { pods, files }), asked };
}

const logs = (asked: string[]): string[] => asked.filter((path) => path.includes("/log?"));

describe("what the doctor reads of the rights of a tier's resolver", () => {
    it("is nothing for a tier that asks the API server for nothing", async () => {
        const { rights, asked } = await read([waiting("sampler")], {}, [SAMPLER]);
        assert.equal(rights, undefined);
        assert.deepEqual(asked, []);
    });

    it("is Roles and their bindings in the namespace of the samplers, and those of the cluster", async () => {
        const items = [
            { metadata: { name: "view", namespace: SYSTEM }, rules: [{ resources: ["pods"], verbs: ["get"] }] },
        ];
        const { rights, asked } = await read([pod(SYSTEM, "router", "10.0.0.20", false)], {
            get: ((path) =>
                Promise.resolve({ value: path.includes("/roles?") ? { items } : undefined })) as Access["get"],
        });
        assert.deepEqual(asked, [
            ...[`${RBAC}/namespaces/${SYSTEM}/roles`, `${RBAC}/namespaces/${SYSTEM}/rolebindings`],
            ...[`${RBAC}/clusterroles`, `${RBAC}/clusterrolebindings`],
        ]);
        const [role] = items;
        const found = { value: [{ ...role, apiVersion: RBAC.replace("/apis/", ""), kind: "Role" }] };
        assert.deepEqual(rights, { objects: found, refusals: [] });
    });

    it("is the log of up to three routers that are not ready, and of their containers before", async () => {
        const names = ["a", "b", "c", "d"];
        const pods = [
            pod(SYSTEM, "ready", "10.0.0.20", false),
            ...names.map((name) => waiting(name, name === "a" ? 2 : 0)),
        ];
        const { asked } = await read(pods);
        const path = (name: string, more = ""): string =>
            `/api/v1/namespaces/${SYSTEM}/pods/${name}-7f9-abc/log?container=${name}${more}`;
        assert.deepEqual(logs(asked), [path("a"), path("a", "&previous=true"), path("b"), path("c")]);
    });

    it("tells what a log says was refused, also where Roles may not be read, and logs that are not there", async () => {
        const failure = { kind: "forbidden", reason: "no", byApiServer: true } as const;
        const { rights } = await read([waiting("a"), waiting("b")], {
            get: () => Promise.resolve({ failure }),
            text: (path) => Promise.resolve(path.includes("/a-7f9-abc/") ? { value: LOG } : { failure }),
        });
        const account = { namespace: SYSTEM, name: "tracing-router" };
        const right = { apiGroup: "discovery.k8s.io", resource: "endpointslices", namespace: SYSTEM };
        assert.deepEqual(rights?.objects, { failure });
        const [refusal, ...repeated] = rights.refusals;
        assert.deepEqual(refusal, { account, verb: "list", ...right });
        for (const one of repeated) assert.deepEqual(one, refusal);
    });
});
