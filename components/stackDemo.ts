import type * as pulumi from "@pulumi/pulumi";
import { backendArgs, frontendArgs } from "./arguments";
import { Backend } from "./backend";
import { Frontend } from "./frontend";
import { istioObject } from "./istioObject";
import { ownNamespace } from "./ownNamespace";
import { renderFaults } from "./render/demoFaults";
import { injectionLabels } from "./revision";
import type { Settings } from "./settings";

/** Name of the demo's third service. */
const ORDERS = "orders";

/** The parts of a mesh that the demo needs. */
export interface DemoMesh {
    sidecarHash: pulumi.Input<string>;
    /** For namespaces, once the mesh is accepted. */
    onceAccepted: pulumi.CustomResourceOptions;
    /** For objects of Istio's kinds, once istiod takes them. */
    afterwards: pulumi.CustomResourceOptions;
}

/** The demo that the settings ask for, in its own namespace. */
export function stackDemo(settings: Settings, { sidecarHash, onceAccepted, afterwards }: DemoMesh): void {
    const { deploy, namespace, scenario } = settings.demo;
    if (!deploy) return;
    const labels = injectionLabels(settings.istio.injectedBy);
    const demo = ownNamespace("demo", namespace, settings.ownNamespaces.demo, { labels, ...onceAccepted });
    const injected = { namespace: demo.name, sidecarHash };
    const backend = new Backend("backend", { ...injected, ...backendArgs(settings) });
    const ordersArgs = { ...injected, ...backendArgs(settings), serviceName: ORDERS, text: "an order" };
    const orders = scenario === "basic" ? undefined : new Backend(ORDERS, ordersArgs);
    if (scenario === "faults") {
        const faults = { apiVersion: "networking.istio.io/v1", kind: "VirtualService", name: ORDERS } as const;
        istioObject("orders-faults", { ...faults, namespace: demo.name, spec: renderFaults(ORDERS) }, afterwards);
    }
    const frontend = { ...injected, ...frontendArgs(settings), backendUrl: backend.url, ordersUrl: orders?.url };
    new Frontend("frontend", frontend);
}
