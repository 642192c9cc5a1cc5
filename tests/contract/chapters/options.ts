import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { account, Box, configMap, makeNamespace } from "./parts";

/** 2 changes all, 3 leaves `guarded` out, 4 unprotects it and leaves `kept` out, 5 imports. */
export function options(step: number): Record<string, unknown> {
    const made = makeNamespace("contract-options");
    const namespace = made.metadata.name;
    const system = k8s.core.v1.Namespace.get("system", "kube-system");
    const labels = { step: step === 1 ? "1" : "2" };
    if (step !== 3)
        configMap("guarded", { name: "guarded", namespace }, { a: "1" }, { protect: step < 4, dependsOn: [made] });
    if (step < 4) configMap("kept", { name: "kept", namespace }, { a: "1" }, { retainOnDelete: true });
    account("ignoring", { name: "ignoring", namespace }, labels, { ignoreChanges: ["metadata.labels.step"] });
    account("eager", { namespace }, labels, { replaceOnChanges: ["metadata.labels"] });
    const hiding = account("hiding", { name: "hiding", namespace }, labels, { additionalSecretOutputs: ["metadata"] });
    account("patient", { name: "patient", namespace }, {}, { customTimeouts: { create: "1m", delete: "90s" } });
    configMap("bound", { name: "bound", namespace }, { a: "1" }, { deletedWith: made });
    if (step === 5) {
        configMap("kept", { name: "kept", namespace }, { a: "1" }, { import: "contract-options/kept" });
        account("found", { name: "found", namespace }, { mine: "true" }, { import: "contract-options/found" });
    }
    const marked: pulumi.ResourceTransform = ({ type, props, opts }) =>
        type === "kubernetes:core/v1:ConfigMap" ? { props: { ...props, data: { a: "transformed" } }, opts } : undefined;
    new Box("Box", "box", namespace, { transforms: [marked] });
    account("self", { name: "self", namespace }, labels, {
        transforms: [({ props, opts }) => ({ props, opts: { ...opts, retainOnDelete: true } })],
    });
    return { hidden: hiding.metadata.name, system: system.status.phase };
}
