import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Objects of many kinds and a chart, as a component would hold them. */
class Bundle extends pulumi.ComponentResource {
    public readonly greetingStatus: pulumi.Output<string>;

    constructor(name: string, step: number, opts?: pulumi.ComponentResourceOptions) {
        super("contract:index:Bundle", name, {}, opts);
        const inside = { parent: this };
        const made = new k8s.core.v1.Namespace(name, { metadata: { name: "contract" } }, inside);
        const namespace = made.metadata.name;
        const values = { greeting: step === 1 ? "hello" : "good day" };
        const release = new k8s.helm.v3.Release(
            `${name}-mini`,
            { name: "mini", chart: "./chart", namespace, values },
            inside,
        );
        this.greetingStatus = release.status.status;
        new k8s.core.v1.ConfigMap(
            `${name}-status`,
            { metadata: { name: "status", namespace }, data: { status: release.status.status, step: String(step) } },
            inside,
        );
        new k8s.core.v1.ConfigMap(
            `${name}-fixed`,
            { metadata: { name: "fixed", namespace }, immutable: true, data: { step: step === 1 ? "1" : "2" } },
            inside,
        );
        const key = new pulumi.Config().getSecret("password") ?? pulumi.secret("s3cret");
        new k8s.core.v1.Secret(`${name}-auto`, { metadata: { namespace }, stringData: { key } }, inside);
        new k8s.core.v1.ConfigMap(
            `${name}-url`,
            { metadata: { name: "url", namespace }, data: { url: pulumi.interpolate`https://me:${key}@host` } },
            inside,
        );
        new k8s.apiextensions.CustomResource(
            `${name}-widget`,
            {
                ...{ apiVersion: "example.test/v1", kind: "Widget" },
                ...{ metadata: { name: "one", namespace }, spec: { size: step } },
            },
            { parent: this, dependsOn: [release] },
        );
        const labels = { step: String(step) };
        new k8s.core.v1.ServiceAccount(`${name}-account`, { metadata: { name: "account", namespace, labels } }, inside);
        const volume = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } };
        new k8s.core.v1.PersistentVolumeClaim(
            `${name}-volume`,
            {
                metadata: { name: "volume", namespace, annotations: { "pulumi.com/skipAwait": "true" } },
                spec: { ...volume, storageClassName: "none" },
            },
            inside,
        );
        if (step < 3) {
            new k8s.core.v1.Service(
                `${name}-svc`,
                { metadata: { name: "svc", namespace }, spec: { ports: [{ name: "http", port: 80 }] } },
                inside,
            );
            new k8s.core.v1.NamespacePatch(`${name}-patch`, { metadata: { name: namespace, labels } }, inside);
        }
        this.registerOutputs({ greetingStatus: this.greetingStatus });
    }
}

export function kinds(step: number): Record<string, unknown> {
    const password = new pulumi.Config().getSecret("password");
    return { status: new Bundle("bundle", step).greetingStatus, password };
}
