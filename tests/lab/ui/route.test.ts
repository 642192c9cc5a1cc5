import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findDrift } from "../../../cli/drift/index";
import { runPreflight } from "../../../cli/preflight";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { setPaths } from "../../../shared/stacks/settingPaths";
import { listAt, type PlainObject } from "../../../shared/values/plainObjects";
import { installGatewayApi, removeGatewayApi } from "../support/gatewayApi";
import { eventually, kubectl, labWithProgram, program } from "../support/sharedLab";
import { node } from "./entrances";

const HOST = "traces.example.com";
const UI = { host: HOST, basePath: "/jaeger", tls: { mode: "plainHttp" } };
const ROUTE = { ...UI, mode: "httpRoute", parentGateway: { namespace: "gateways", name: "shared" } };
const INGRESS = { ...UI, mode: "ingress", ingress: { className: "lab" } };
const LOGIN = { uiBasicAuth: '{"username":"anna","password":"correct-horse-9"}' };

describe("the UI by a gateway or a controller that somebody else runs", () => {
    let lab: Cluster;
    let folder: string;
    before(async () => {
        lab = await labWithProgram();
        folder = mkdtempSync(join(tmpdir(), "route-"));
        kubectl(lab, "create", "namespace", "gateways");
    });
    after(async () => {
        assert.equal((await program(lab, "up")).failed, undefined);
        removeGatewayApi(lab);
        kubectl(lab, "delete", "ingressclass", "lab", "--ignore-not-found");
        kubectl(lab, "delete", "namespace", "gateways", "--ignore-not-found", "--timeout=120s");
        rmSync(folder, { recursive: true });
    });

    const settings = (ui: object): Record<string, string> => ({ ui: JSON.stringify(ui), ...LOGIN });
    const apply = (object: object): void => {
        const file = join(folder, "object.json");
        writeFileSync(file, JSON.stringify(object));
        kubectl(lab, "apply", "-f", file);
    };
    const parent = (from: string): object => ({
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        metadata: {
            ...{ name: "shared", namespace: "gateways" },
            annotations: { "networking.istio.io/service-type": "ClusterIP" },
        },
        spec: {
            gatewayClassName: "istio",
            listeners: [{ name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from } } }],
        },
    });
    const found = async (ui: object): Promise<string[]> => {
        const raw = setPaths(labSettings("ci", lab), settings(ui));
        const { findings } = await runPreflight({ kubeconfig: lab.kubeconfig, raw });
        return findings.filter(({ severity }) => severity === "error").map(({ id, got }) => `${id}: ${got}`);
    };
    const unchanged = async (ui: object): Promise<void> => {
        const { summary } = await program(lab, "up", settings(ui));
        assert.deepEqual([summary.create, summary.update, summary.replace, summary.delete], [0, 0, 0, 0]);
    };

    it("is refused by preflight until the gateway is there and accepts the route", async () => {
        assert.deepEqual(await found(ROUTE), ["ui-parent-gateway: a cluster that does not serve it"]);
        installGatewayApi(lab);
        assert.deepEqual(await found(ROUTE), ["ui-parent-gateway: no such Gateway"]);
        apply(parent("Same"));
        assert.deepEqual(await found(ROUTE), ["ui-parent-gateway: http: allowedRoutes.namespaces.from is Same"]);
        apply(parent("All"));
        assert.deepEqual(await found(ROUTE), []);
    });

    it("is served at Istio's own Gateway API gateway, to whom knows the password", async () => {
        const from = { namespace: "gateways" };
        const { failed, outputs } = await program(lab, "up", settings({ ...ROUTE, from }));
        assert.equal(failed, undefined);
        assert.equal(outputs["jaegerUiUrl"], `http://${HOST}/jaeger`);
        const address = await eventually(120, () => {
            const route = JSON.parse(
                kubectl(lab, "get", "httproute", "-n", "istio-system", "jaeger-ui", "-o", "json"),
            ) as PlainObject;
            const [status] = listAt(route, "status", "parents");
            const accepted = listAt(status, "conditions").find(({ type }) => type === "Accepted");
            if (accepted?.["status"] !== "True") return Promise.resolve(JSON.stringify(accepted ?? "no status"));
            const service = ["get", "service", "-n", "gateways", "shared-istio", "--ignore-not-found"];
            const ip = kubectl(lab, ...service, "-o", "jsonpath={.spec.clusterIP}");
            return Promise.resolve(ip === "" ? "no Service of the gateway" : { ip });
        });
        const ask = (login: string, path: string): string =>
            node(lab).run(
                `curl -s -o /dev/null -m 5 -w '%{http_code} %header{www-authenticate}' ${login} ` +
                    `--resolve ${HOST}:80:${address.ip} http://${HOST}${path}`,
            );
        const login = "-u anna:correct-horse-9";
        await eventually(120, () => {
            const answer = ask(login, "/jaeger/api/services");
            return Promise.resolve(answer.startsWith("200") ? {} : answer);
        });
        assert.match(ask("", "/jaeger/api/services"), /^401 Basic realm="Jaeger"/);
        assert.match(ask(login, "/jaegers"), /^404/);
        await unchanged({ ...ROUTE, from });
        const raw = setPaths(labSettings("ci", lab), settings({ ...ROUTE, from }));
        assert.deepEqual((await findDrift({ kubeconfig: lab.kubeconfig, raw })).drifts, []);
    });

    it("becomes an Ingress in place, for a class that preflight looks for", async () => {
        assert.deepEqual(await found(INGRESS), ["ui-ingress-class: lab; the cluster has no IngressClass"]);
        apply({
            apiVersion: "networking.k8s.io/v1",
            kind: "IngressClass",
            metadata: { name: "lab" },
            spec: { controller: "example.com/lab" },
        });
        assert.deepEqual(await found(INGRESS), []);
        assert.equal((await program(lab, "up", settings(INGRESS))).failed, undefined);
        const names = kubectl(lab, "get", "ingress,httproute,networkpolicy", "-n", "istio-system", "-o", "name");
        assert.equal(names.trim(), "ingress.networking.k8s.io/jaeger-ui");
        await unchanged(INGRESS);
    });
});
