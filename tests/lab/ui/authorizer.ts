import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Cluster } from "../../../lab/cluster";
import { labSettings } from "../../../lab/program";
import { getPath } from "../../../shared/stacks/settingPaths";
import { apply } from "../doctor/faults";
import { startInLab } from "../support/jaegerPod";
import { UI_SETTINGS } from "./gateway";

const AUTHORIZER = { host: "authorizer.example.com", port: 14180 };

/** What the authorizer says yes to. */
export const SESSION = "session=anna";

/** Starts the stand-in on the node and tells the mesh where it is; it answers when this returns. */
export async function startAuthorizer(lab: Cluster): Promise<ChildProcess> {
    const { host, port } = AUTHORIZER;
    const entry = {
        apiVersion: "networking.istio.io/v1",
        kind: "ServiceEntry",
        metadata: { name: "authorizer", namespace: "istio-ingress" },
        spec: {
            hosts: [host],
            ports: [{ name: "http", number: port, protocol: "HTTP" }],
            resolution: "STATIC",
            endpoints: [{ address: lab.identity.nodeAddress }],
        },
    };
    apply(lab, entry);
    const server = startInLab(lab, "ui/authorizer.mjs", lab.identity.nodeAddress, String(port), SESSION);
    if (server.stdout !== null) await once(server.stdout, "data");
    return server;
}

/** Settings of the gateway that asks the stand-in, with the lab's own values of istiod beside the provider. */
export function externalSettings(lab: Cluster): Record<string, string> {
    const values = JSON.parse(getPath(labSettings("ci", lab), "istio.values") ?? "{}") as Record<string, unknown>;
    const { host, port } = AUTHORIZER;
    const provider = {
        name: "authorizer",
        envoyExtAuthzHttp: { service: host, port, includeRequestHeadersInCheck: ["cookie"] },
    };
    const ui = JSON.parse(UI_SETTINGS.ui) as Record<string, unknown>;
    return {
        ui: JSON.stringify({ ...ui, authentication: "external", externalAuthorizer: provider.name }),
        "istio.values": JSON.stringify({ ...values, meshConfig: { extensionProviders: [provider] } }),
    };
}
