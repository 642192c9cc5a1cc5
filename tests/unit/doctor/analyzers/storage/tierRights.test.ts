import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { lackingRights } from "../../../../../doctor/analyzers/storage/tierRights";
import type { Cause } from "../../../../../doctor/analyzers/storage/tierParts";
import { refusalsIn, type RightsObject } from "../../../../../doctor/evidence/resolverRights";
import { ROUTER, SYSTEM, tier } from "./tierPatient";

const API = "rbac.authorization.k8s.io/v1";
const RULE = { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] };
const OWN: RightsObject[] = [{ apiVersion: API, kind: "ClusterRole", metadata: { name: "view" } }];
/** As a Collector 0.161 wrote it, but for the name of its account. */
const LOG = readFileSync(join(__dirname, "../../evidence/routerWithoutRights.txt"), "utf8").replaceAll(
    ":tracing-router",
    ":default",
);

function role(rule: object = {}, kind = "Role"): RightsObject {
    return { apiVersion: API, kind, metadata: { name: "router", namespace: SYSTEM }, rules: [{ ...RULE, ...rule }] };
}

function binding(namespace = SYSTEM, of = "Role", kind = "RoleBinding"): RightsObject {
    const subjects = [{ kind: "ServiceAccount", name: "default", namespace: SYSTEM }];
    return {
        apiVersion: API,
        kind,
        metadata: { name: "router", namespace },
        roleRef: { kind: of, name: "router" },
        subjects,
    };
}

function found(objects: RightsObject[], log = "", backends = 2): Cause | undefined {
    const routers = tier("tracing-router", [ROUTER], { backends });
    const [first] = lackingRights({
        ...routers,
        rights: { objects: { value: [...OWN, ...objects] }, refusals: refusalsIn(log) },
    });
    return first;
}

describe("the rights of a tier's resolver", () => {
    it("are enough by a Role, or by a ClusterRole that is bound in the namespace or in the cluster", () => {
        assert.equal(found([role(), binding()]), undefined);
        assert.equal(found([role({}, "ClusterRole"), binding(SYSTEM, "ClusterRole")]), undefined);
        assert.equal(found([role({}, "ClusterRole"), binding("", "ClusterRole", "ClusterRoleBinding")]), undefined);
    });

    it("lack a verb, a resource, or a binding in the namespace of the samplers", () => {
        assert.match(found([role({ resources: ["pods"] }), binding()])?.got ?? "", /gives it list and watch/);
        assert.match(found([role(), binding("elsewhere")])?.got ?? "", /gives it list and watch/);
    });

    it("are told as late where a verb to watch alone is missing, and as enough where the watch brings the list", () => {
        const [late, listed] = [["get", "list"], ["watch"]].map((verbs) => [role({ verbs }), binding()]);
        const finding = found(late ?? []);
        assert.equal(finding?.severity, "warning");
        assert.match(finding.got, /gives it watch: routers list them repeatedly .*up to 30 seconds late/);
        assert.equal(found(listed ?? []), undefined);
        // An API server that streams no list.
        assert.match(found(listed ?? [], "", 0)?.got ?? "", /gives it list: a new router finds no sampler/);
    });

    it("are those of an older Collector while it finds samplers by them", () => {
        const older = [role({ apiGroups: [""], resources: ["endpoints"] }), binding()];
        assert.equal(found(older), undefined);
        assert.equal(found(older, "", 0)?.id, "tier-resolver-rights");
    });

    it("are told by the log of a router, unless the objects give them by now", () => {
        assert.match(found([], LOG)?.got ?? "", /^the log of a router says that the API server refuses list and watch/);
        assert.equal(found([role(), binding()], LOG), undefined);
    });

    it("are given by a Role with a free name and its binding", () => {
        const [first, second] = found([])?.commands ?? [];
        assert.ok(first?.verb === "apply" && second?.verb === "apply");
        const metadata = { name: "default-resolver", namespace: SYSTEM };
        assert.deepEqual(first.object, { apiVersion: API, kind: "Role", metadata, rules: [RULE] });
        assert.match(JSON.stringify(second.object), /"kind":"RoleBinding".*"name":"default-resolver"/);
    });
});
