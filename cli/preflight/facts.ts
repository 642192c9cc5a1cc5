import { CNI_AGENT_SELECTOR, DAEMON_SET, type DaemonSetObject } from "../../checks/cluster/cniAgent";
import { CERTIFICATE, SECRET, type CertificateObject, type SecretObject } from "../../checks/cluster/certificate";
import { PARENT_GATEWAY, type ParentGateway } from "../../checks/cluster/entrance";
import { serviceNameOf } from "../../checks/cluster/collectorAddress";
import { releaseRevision, type ReleaseRevision } from "../../checks/cluster/helmReleases";
import type { AccessAnswer } from "../../checks/cluster/rights";
import type { TracedNamespaceFound } from "../../checks/cluster/tracedNamespaces";
import { TELEMETRY } from "../../checks/mesh/shapes";
import { METADATA, METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import type {
    ClusterObject,
    EndpointSliceObject,
    NodeObject,
    PodObject,
    ReleaseName,
    ServiceObject,
    WebhookObject,
} from "../../shared/kubernetes/objects";
import { ENDPOINT_SLICE, NODE, OBJECT, SERVICE, WEBHOOK } from "../../shared/kubernetes/shapes";
import { INJECTED_ANNOTATION, SIDECAR_CONTAINER } from "../../shared/names/istio";
import { SERVICE_NAME_LABEL } from "../../shared/names/kubernetes";
import { listAt, textAt } from "../../shared/values/plainObjects";
import { settle } from "../../shared/values/settle";
import { ifWanted, list, map, one } from "../../shared/cluster/ask";
import { askIstiods } from "../../components/othersInMesh";
import { askRights, askUser } from "./askRights";
import type { ProgramPlan } from "./program";

/** Everything that the checks use. Each fact has its own failure, so that missing rights only remove some facts. */
export interface ClusterFacts {
    /** Such as `v1.34.4`; undefined if the server is not a Kubernetes API server. */
    version: Fact<string | undefined>;
    user: Fact<string | undefined>;
    /** Deployments of istiod in all namespaces. */
    istiods: Fact<ClusterObject[]>;
    /** This program's Jaeger, if it exists. */
    jaeger: Fact<ClusterObject | undefined>;
    webhooks: Fact<(WebhookObject & { kind: string })[]>;
    crds: Fact<ClusterObject[]>;
    meshConfig: Fact<ClusterObject | undefined>;
    releases: Fact<ReleaseRevision[]>;
    istioNamespace: Fact<ClusterObject | undefined>;
    /** Also undefined if the program creates no demo. */
    demoNamespace: Fact<ClusterObject | undefined>;
    /** DaemonSets of Istio's CNI agent in all namespaces; undefined if pods do not need it. */
    cniAgents: Fact<DaemonSetObject[]> | undefined;
    /** Where the program installs that agent; undefined if it does not, or makes the namespace. */
    cniNamespace: Fact<ClusterObject | undefined> | undefined;
    /** Those of {@link ProgramPlan.further}, by name. */
    further: Record<string, Fact<ClusterObject | undefined>>;
    /** True if the cluster serves cert-manager's API; undefined if the program does not need it. */
    certManager: Fact<boolean> | undefined;
    /** By name. */
    traced: Record<string, Fact<TracedNamespaceFound>>;
    nodes: Fact<NodeObject[]>;
    /** True if the cluster serves HTTPRoutes; undefined if the program makes none. */
    gatewayApi: Fact<boolean> | undefined;
    /** The Gateway that the UI's route names; undefined if there is no route. */
    parentGateway: Fact<ParentGateway | undefined> | undefined;
    /** Undefined if the program makes no Ingress. */
    ingressClasses: Fact<ClusterObject[]> | undefined;
    /** Undefined if the program requests no volume. */
    storageClasses: Fact<ClusterObject[]> | undefined;
    /** Undefined when no pod names one. */
    priorityClasses: Fact<ClusterObject[]> | undefined;
    /** By `NAMESPACE/NAME`, true where there is one; those that pods of the program ask for. */
    pullSecrets: Record<string, Fact<boolean>>;
    /** Undefined if the UI's gateway takes its certificate from elsewhere, or if there is no gateway. */
    tlsSecret: Fact<SecretObject | undefined> | undefined;
    /** cert-manager's Certificate for the UI's gateway; undefined if there is none. */
    certificate: Fact<CertificateObject | undefined> | undefined;
    /** Undefined if the collector is the program's own Jaeger or outside the cluster. */
    collector: Fact<{ service: ServiceObject | undefined; endpointSlices: EndpointSliceObject[] }> | undefined;
    rights: Fact<AccessAnswer[]>;
}

const GATEWAY_API = "/apis/gateway.networking.k8s.io/v1";
const ISTIO_CRD = /\.(extensions|networking|security|telemetry)\.istio\.io$/;
const ISTIO_WEBHOOK = /^(istio-sidecar-injector|istio-revision-tag|istio-validator|istiod-default-validator)/;

/** Pods that must have a sidecar. The API server filters the others, so that metadata is enough. */
const RUNNING = encodeURIComponent("status.phase=Running,spec.hostNetwork=false");

/** Reads all facts from the cluster in parallel. */
export function gatherFacts(client: ClusterClient, plan: ProgramPlan, collectorHost: string): Promise<ClusterFacts> {
    const { istio, demo } = plan.namespaces;
    const traced = plan.traced.map(({ name }) => [name, askTraced(client, name)] as const);
    const inIstio = `namespaces/${istio.name}`;
    const metadata = (path: string): Promise<Fact<ClusterObject | undefined>> => one(client, path, OBJECT, METADATA);
    const metadataList = (path: string): Promise<Fact<ClusterObject[]>> => list(client, path, OBJECT, METADATA_LIST);
    return settle<ClusterFacts>({
        version: client.get("/version").then((fact) => map(fact, (found) => textAt(found, "gitVersion"))),
        user: askUser(client),
        rights: askRights(client, plan.rights),
        istiods: askIstiods(client),
        jaeger: metadata(`/apis/apps/v1/${inIstio}/deployments/${plan.jaegerDeployment}`),
        webhooks: askWebhooks(client),
        crds: metadataList("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").then((fact) =>
            map(fact, (items) => items.filter((crd) => ISTIO_CRD.test(crd.metadata.name))),
        ),
        meshConfig: metadata(`/api/v1/${inIstio}/configmaps/istio`),
        releases: askReleases(client, plan.releases),
        istioNamespace: metadata(`/api/v1/${inIstio}`),
        demoNamespace:
            demo === undefined ? Promise.resolve({ value: undefined }) : metadata(`/api/v1/namespaces/${demo.name}`),
        cniAgents: ifWanted(plan.cni, () =>
            list(
                client,
                `/apis/apps/v1/daemonsets?labelSelector=${encodeURIComponent(CNI_AGENT_SELECTOR)}`,
                DAEMON_SET,
            ),
        ),
        cniNamespace: ifWanted(plan.cni?.release?.namespace, (namespace) =>
            namespace === istio.name && !istio.existing
                ? Promise.resolve(undefined)
                : metadata(`/api/v1/namespaces/${namespace}`),
        ),
        further: settle<Record<string, Fact<ClusterObject | undefined>>>(
            Object.fromEntries(plan.further.map(({ name }) => [name, metadata(`/api/v1/namespaces/${name}`)])),
        ),
        certManager: ifWanted(plan.certificate, () =>
            client.get("/apis/cert-manager.io/v1").then((fact) => map(fact, (found) => found !== undefined)),
        ),
        gatewayApi: ifWanted(plan.httpRoute, () =>
            client
                .get(GATEWAY_API)
                .then((fact) =>
                    map(fact, (found) => listAt(found, "resources").some(({ kind }) => kind === "HTTPRoute")),
                ),
        ),
        parentGateway: ifWanted(plan.httpRoute, ({ parent: { namespace, name } }) =>
            one(client, `${GATEWAY_API}/namespaces/${namespace}/gateways/${name}`, PARENT_GATEWAY),
        ),
        ingressClasses: ifWanted(plan.ingress, () => metadataList("/apis/networking.k8s.io/v1/ingressclasses")),
        traced: settle<Record<string, Fact<TracedNamespaceFound>>>(Object.fromEntries(traced)),
        nodes: list(client, "/api/v1/nodes", NODE),
        priorityClasses: Object.values(plan.pods).some(({ priorityClassName }) => priorityClassName !== "")
            ? metadataList("/apis/scheduling.k8s.io/v1/priorityclasses")
            : Promise.resolve(undefined),
        pullSecrets: settle<Record<string, Fact<boolean>>>(
            Object.fromEntries(
                plan.pullSecrets.map(({ namespace, name }) => [
                    `${namespace}/${name}`,
                    metadata(`/api/v1/namespaces/${namespace}/secrets/${name}`).then((fact) =>
                        map(fact, (found) => found !== undefined),
                    ),
                ]),
            ),
        ),
        tlsSecret: ifWanted(plan.tlsSecret, ({ namespace, secretName }) =>
            one(client, `/api/v1/namespaces/${namespace}/secrets/${secretName}`, SECRET),
        ),
        certificate: ifWanted(plan.certificate, ({ namespace }) =>
            one(client, `/apis/cert-manager.io/v1/namespaces/${namespace}/certificates/jaeger-ui`, CERTIFICATE),
        ),
        storageClasses:
            plan.volume === undefined
                ? Promise.resolve(undefined)
                : metadataList("/apis/storage.k8s.io/v1/storageclasses"),
        collector:
            plan.ownCollector || plan.outsideCollector
                ? Promise.resolve(undefined)
                : askCollector(client, collectorHost),
    });
}

async function askReleases(client: ClusterClient, releases: ReleaseName[]): Promise<Fact<ReleaseRevision[]>> {
    const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
    const facts = await Promise.all(
        namespaces.map((namespace) => {
            const path = `/api/v1/namespaces/${namespace}/secrets?labelSelector=owner%3Dhelm`;
            return list(client, path, OBJECT, METADATA_LIST);
        }),
    );
    const found: ReleaseRevision[] = [];
    for (const fact of facts) {
        if ("failure" in fact) return fact;
        found.push(...fact.value.map(releaseRevision).filter((revision) => revision !== undefined));
    }
    return { value: found };
}

async function askWebhooks(client: ClusterClient): Promise<ClusterFacts["webhooks"]> {
    const kinds = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
    const facts = await Promise.all(
        kinds.map((kind) => list(client, `/apis/admissionregistration.k8s.io/v1/${kind.toLowerCase()}s`, WEBHOOK)),
    );
    const found: (WebhookObject & { kind: string })[] = [];
    for (const [index, fact] of facts.entries()) {
        if ("failure" in fact) return fact;
        const kind = kinds[index] ?? "";
        found.push(...fact.value.map((webhook) => ({ ...webhook, kind })));
    }
    return { value: found.filter(({ metadata }) => ISTIO_WEBHOOK.test(metadata.name)) };
}

async function askCollector(client: ClusterClient, host: string): Promise<NonNullable<ClusterFacts["collector"]>> {
    const { name, namespace } = serviceNameOf(host);
    const selector = encodeURIComponent(`${SERVICE_NAME_LABEL}=${name}`);
    const [service, slices] = await Promise.all([
        one(client, `/api/v1/namespaces/${namespace}/services/${name}`, SERVICE),
        list(
            client,
            `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`,
            ENDPOINT_SLICE,
        ),
    ]);
    if ("failure" in service) return service;
    if ("failure" in slices) return slices;
    return { value: { service: service.value, endpointSlices: slices.value } };
}

async function askTraced(client: ClusterClient, name: string): Promise<Fact<TracedNamespaceFound>> {
    const [namespace, pods, telemetries] = await Promise.all([
        one(client, `/api/v1/namespaces/${name}`, OBJECT, METADATA),
        list(client, `/api/v1/namespaces/${name}/pods?fieldSelector=${RUNNING}`, OBJECT, METADATA_LIST),
        list(client, `/apis/telemetry.istio.io/v1/namespaces/${name}/telemetries`, TELEMETRY),
    ]);
    if ("failure" in namespace) return namespace;
    if ("failure" in pods) return pods;
    if ("failure" in telemetries) return telemetries;
    return { value: { namespace: namespace.value, pods: pods.value.map(asPod), telemetries: telemetries.value } };
}

/** A running pod by its metadata, in which the injector records what it added. */
function asPod({ metadata }: ClusterObject): PodObject {
    const injected = metadata.annotations?.[INJECTED_ANNOTATION] !== undefined;
    const initContainers = injected ? [{ name: SIDECAR_CONTAINER }] : [];
    return { metadata, spec: { initContainers }, status: { phase: "Running" } };
}
