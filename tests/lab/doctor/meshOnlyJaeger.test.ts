import assert from "node:assert/strict";
import { apply, describeFaults, patch } from "./faults";
import { kubectl, program } from "../support/sharedLab";

const SYSTEM = "istio-system";

function policies(...args: Parameters<typeof kubectl>[1][]): string[] {
    return ["authorizationpolicy", "-n", SYSTEM, ...args];
}

describeFaults(
    "the way to a Jaeger that lets in the mesh alone",
    [
        {
            what: "a DestinationRule that takes mTLS from it",
            inject: (lab) => {
                apply(lab, {
                    apiVersion: "networking.istio.io/v1",
                    kind: "DestinationRule",
                    metadata: { name: "plain-text", namespace: SYSTEM },
                    spec: {
                        host: "jaeger-collector.istio-system.svc.cluster.local",
                        trafficPolicy: { tls: { mode: "DISABLE" } },
                    },
                });
            },
            id: "collector-mtls",
            segment: "export",
            got: /^mode DISABLE for jaeger-collector\./,
            full: true,
        },
        {
            what: "an AuthorizationPolicy that lets in another namespace",
            inject: (lab) => {
                const name = kubectl(lab, "get", ...policies("-o", "name")).trim();
                const from = [{ source: { namespaces: ["shop"] } }];
                patch(lab, SYSTEM, name, { op: "replace", path: "/spec/rules/0/from", value: from });
            },
            id: "collector-authorization",
            segment: "export",
            got: /^action ALLOW, and no rule matches: rejects POST .* from cluster\.local\/ns\/demo\/sa\//,
            full: true,
        },
        {
            what: "an AuthorizationPolicy that keeps everybody out",
            inject: (lab) => {
                apply(lab, {
                    apiVersion: "security.istio.io/v1",
                    kind: "AuthorizationPolicy",
                    metadata: { name: "nobody", namespace: SYSTEM },
                    spec: { action: "DENY", rules: [{ to: [{ operation: { ports: ["4317"] } }] }] },
                });
            },
            id: "collector-authorization",
            segment: "export",
            got: /^action DENY, and rule 1 matches: rejects POST .* from cluster\.local\/ns\/demo\/sa\//,
            full: true,
        },
    ],
    {
        enter: async (lab) => {
            assert.equal((await program(lab, "up", { ui: '{"jaegerAccess":"mesh"}' })).failed, undefined);
            return {};
        },
        leave: async (lab) => {
            assert.equal((await program(lab, "up")).failed, undefined);
        },
    },
);
