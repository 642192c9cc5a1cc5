import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { account, Box, configMap, makeNamespace } from "./parts";

/** 2 moves `plain` to another provider of the same cluster, 3 changes the namespace of a provider. */
export function providers(step: number): Record<string, unknown> {
    const made = makeNamespace("contract-providers");
    const other = makeNamespace("contract-others");
    const names = { namespace: made.metadata.name };
    const kubeconfig = new pulumi.Config().requireSecret("kubeconfig");
    const given = new k8s.Provider("given", { kubeconfig });
    const namespace = step === 3 ? "contract-others" : "contract-providers";
    const spaced = new k8s.Provider("spaced", { kubeconfig, namespace, enableServerSideApply: true });
    account("plain", { name: "plain", ...names }, { a: "1" }, step === 1 ? {} : { provider: given });
    new k8s.core.v1.ConfigMap("spaced", { data: { a: "1" } }, { provider: spaced, dependsOn: [made, other] });
    new Box("Box", "box", made.metadata.name, { providers: { kubernetes: given } });
    configMap("direct", names, { a: "1" }, { provider: given });
    return {};
}
