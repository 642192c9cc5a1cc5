import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** A component with one ConfigMap, named after it. */
export class Box extends pulumi.ComponentResource {
    constructor(type: string, name: string, namespace: pulumi.Input<string>, opts?: pulumi.ComponentResourceOptions) {
        super(`contract:index:${type}`, name, {}, opts);
        new k8s.core.v1.ConfigMap(
            `${name}-content`,
            { metadata: { name: "content", namespace }, data: { a: "1" } },
            { parent: this },
        );
        this.registerOutputs({});
    }
}

type Names = { name?: string; namespace: pulumi.Input<string> };

/** A ConfigMap: a change of its data replaces it. */
export const configMap = (
    name: string,
    metadata: Names,
    data: Record<string, pulumi.Input<string>>,
    opts?: pulumi.CustomResourceOptions,
): k8s.core.v1.ConfigMap => new k8s.core.v1.ConfigMap(name, { metadata, data }, opts);

/** A ServiceAccount: it is changed in place, but for its name. */
export const account = (
    name: string,
    metadata: Names,
    labels: Record<string, pulumi.Input<string>>,
    opts?: pulumi.CustomResourceOptions,
): k8s.core.v1.ServiceAccount => new k8s.core.v1.ServiceAccount(name, { metadata: { ...metadata, labels } }, opts);

export const makeNamespace = (name: string, opts?: pulumi.CustomResourceOptions): k8s.core.v1.Namespace =>
    new k8s.core.v1.Namespace(name, { metadata: { name } }, opts);
