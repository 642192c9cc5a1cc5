import { gzipSync } from "node:zlib";
import { stringify } from "yaml";
import { canonicalJson, type PlainObject } from "../../../../shared/values/plainObjects";
import { forbidden, type Answer } from "../../fakeCluster";

/** A Helm release of a cluster that somebody wants to adopt. */
export interface TestRelease {
    name: string;
    namespace: string;
    chart: string;
    version: string;
    revision: number;
    status: string;
    values: PlainObject;
    /** Labels on every rendered object. */
    labels?: Record<string, string>;
    /** Replaces the record. */
    record?: string;
}

/** A cluster with an Istio of Helm, of a revision and with values of its owner's. */
export class AdoptableCluster {
    revision = "canary";
    /** Of the istiod Deployment, beside those of Helm. */
    labels: Record<string, string> = {};
    ownerReferences: { kind: string; name: string }[] = [];
    moreIstiods: PlainObject[] = [];
    helmReleases: PlainObject[] = [];
    /** Paths that nobody may read. */
    forbidden: RegExp | undefined;
    /** Called before each answer. */
    onRequest: (path: string) => void = () => undefined;
    istiod: TestRelease | undefined = {
        ...{ name: "istiod-canary", namespace: "istio-system", chart: "istiod", version: "1.31.1", revision: 3 },
        ...{ status: "deployed", values: { revision: "canary", pilot: { resources: { requests: { cpu: "10m" } } } } },
    };
    base: TestRelease | undefined = {
        ...{ name: "istio-base", namespace: "istio-system", chart: "base", version: "1.31.1", revision: 1 },
        ...{ status: "deployed", values: {} },
    };

    answer: Answer = ({ path: asked }) => {
        const path = decodeURIComponent(asked);
        this.onRequest(path);
        if (this.forbidden?.test(path) === true) return forbidden("that");
        if (path === "/version") return { body: { gitVersion: "v1.34.4" } };
        if (path.includes("/deployments")) return { body: { items: [this.deployment(), ...this.moreIstiods] } };
        if (path.includes("/customresourcedefinitions/telemetries")) {
            return this.base && { body: { metadata: { name: "telemetries.telemetry.istio.io", ...owned(this.base) } } };
        }
        if (path.includes("/helmreleases")) return { body: { items: this.helmReleases } };
        const release = [this.istiod, this.base].find(
            (one) =>
                one !== undefined && path.includes(`/namespaces/${one.namespace}/secrets`) && path.includes(one.name),
        );
        if (release === undefined) return path.includes("/secrets?") ? { body: { items: [] } } : undefined;
        const secret = secretOf(release);
        return { body: path.includes("/secrets?") ? { items: [secret] } : secret };
    };

    private deployment(): PlainObject {
        const { labels = {}, ...owner } = this.istiod === undefined ? {} : owned(this.istiod);
        const all = { ...labels, "istio.io/rev": this.revision, "app.kubernetes.io/version": "1.31.1", ...this.labels };
        const { ownerReferences } = this;
        return { metadata: { name: "istiod", namespace: "istio-system", ...owner, labels: all, ownerReferences } };
    }
}

function owned({ name, namespace }: TestRelease): { labels: Record<string, string>; annotations: PlainObject } {
    return {
        labels: { "app.kubernetes.io/managed-by": "Helm" },
        annotations: { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace },
    };
}

function secretOf(release: TestRelease): PlainObject {
    const { name, namespace, chart, version, revision, status, values, labels = {} } = release;
    const configMap = {
        ...{ apiVersion: "v1", kind: "ConfigMap" },
        metadata: { name: "istio-canary", namespace, labels },
        data: { mesh: "rootNamespace: mesh-root\n" },
    };
    const stored = {
        ...{ name, namespace, version: revision, info: { status }, config: values, manifest: stringify(configMap) },
        chart: { metadata: { name: chart, version } },
    };
    const packed = gzipSync(Buffer.from(canonicalJson(stored))).toString("base64");
    return {
        metadata: {
            name: `sh.helm.release.v1.${name}.v${String(revision)}`,
            namespace,
            labels: { owner: "helm", name, version: String(revision), status },
            creationTimestamp: "2026-01-01T00:00:00Z",
        },
        data: { release: release.record ?? Buffer.from(packed).toString("base64") },
    };
}
