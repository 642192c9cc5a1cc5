import { setTimeout } from "node:timers/promises";
import { isOwnedBy, type ClusterObject, type ReleaseName } from "../../shared/kubernetes/objects";
import type { Finding } from "../../checks/finding";
import {
    judgeLeftovers,
    nameOf,
    type Installation,
    type IstioTraces,
    type KindObject,
} from "../../checks/cluster/leftovers";
import { NAMESPACE_TELEMETRY } from "../../components/render/istioObjects";
import type { Ui } from "../../components/ui";
import { planFor } from "../preflight/program";
import { requireAnswer, withCluster, type ConnectOptions } from "../cluster/connect";
import { listAll, METADATA_LIST, type ClusterClient } from "../../shared/cluster/client";
import { METADATA_SHAPE, OBJECT } from "../../shared/kubernetes/shapes";
import { UserError } from "../../shared/terminal/errors";
import { exactly, flag, listOf, objectOf, text, type Shape } from "../../shared/values/shapes";

/** The result of a cleanup. */
export interface CleanupResult {
    /** `Kind namespace/name` of the objects that were removed, or would be. */
    removed: string[];
    findings: Finding[];
    /** 0: nothing prevented the cleanup; 1: something did. */
    exitCode: 0 | 1;
}

interface Crd extends ClusterObject {
    spec: { group: string; names: { plural: string; kind: string }; versions: { name: string; storage: boolean }[] };
}

/** A CRD without its schema. */
const CRD: Shape<Crd> = objectOf<Crd>(
    {
        metadata: METADATA_SHAPE,
        spec: exactly<Crd["spec"]>(
            {
                group: text,
                names: objectOf({ plural: text, kind: text }, "plural", "kind"),
                versions: listOf(exactly({ name: text, storage: flag }, "name", "storage")),
            },
            ...(["group", "names", "versions"] as const),
        ),
    },
    ...(["metadata", "spec"] as const),
);

/** An object and its API path. */
type Located = KindObject & { path: string };

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ISTIO_CRD = /\.(extensions|networking|security|telemetry)\.istio\.io$/;
/** The ConfigMaps that istiod writes into every namespace. */
const CA_CONFIG_MAPS = ["istio-ca-root-cert", "istio-ca-crl"];
/** Deleting a CRD first deletes its objects. Here there are none. */
const GONE_WITHIN_SECONDS = 30;

/**
 * Removes what `pulumi destroy` cannot remove: what istiod wrote into every namespace and, if `istio.keepCrds` is
 * false, Istio's CRDs. Never touches an object of another owner. Refuses as long as the program's Istio exists.
 *
 * @throws UserError if the settings or the cluster cannot be used, or if a deletion is rejected.
 */
export async function runCleanup(options: ConnectOptions & { dryRun?: boolean }): Promise<CleanupResult> {
    return withCluster(options, async ({ client, settings }) => {
        if (!settings.istio.install) return nothingOfOurs();
        const { namespaces, further, cni } = planFor(settings);
        const { istio, demo } = namespaces;
        const installation: Installation = {
            base: { name: "istio-base", namespace: settings.istio.namespace },
            istiod: { name: "istiod", namespace: settings.istio.namespace },
            ...(cni?.release && { cni: cni.release }),
            namespaces: [
                ...[istio, ...(demo === undefined ? [] : [demo]), ...further]
                    .filter(({ existing }) => !existing)
                    .map(({ name }) => name),
            ],
            elsewhere: [
                ...Object.keys(settings.namespaces).map((name) => `Telemetry ${name}/${NAMESPACE_TELEMETRY}`),
                ...gatewayObjects(settings.ui),
            ],
            keepCrds: settings.istio.keepCrds,
        };
        const { remove, findings } = judgeLeftovers(await findTraces(client, installation), installation);
        if (options.dryRun !== true) await removeAll(client, remove as Located[]);
        const failed = findings.some(({ severity }) => severity === "error");
        return { removed: remove.map(nameOf), findings, exitCode: failed ? 1 : 0 };
    });
}

/** Of an Istio that is somebody else's, a destroy leaves nothing behind that is the program's. */
function nothingOfOurs(): CleanupResult {
    const finding: Finding = {
        id: "istio-not-installed-here",
        severity: "info",
        resource: "istio.install",
        expected: "an Istio that this program installed",
        got: "false: the Istio of this cluster is its owner's",
        cure: "Nothing to do: its CRDs and ConfigMaps belong to it.",
    };
    return { removed: [], findings: [finding], exitCode: 0 };
}

/** The objects that the program creates for the UI's gateway, whose namespace may belong to another owner. */
function gatewayObjects(ui: Ui): string[] {
    if (ui.mode !== "gateway") return [];
    const kinds = ["AuthorizationPolicy", "Gateway", "Telemetry", "VirtualService"];
    return kinds.map((kind) => `${kind} ${ui.namespace}/jaeger-ui`);
}

async function findTraces(client: ClusterClient, { base, istiod, cni }: Installation): Promise<IstioTraces> {
    const metadata = async (path: string, kind: string, plural: string): Promise<Located[]> => {
        const [collection = ""] = path.split("?");
        const found = requireAnswer(await listAll(client, path, OBJECT, METADATA_LIST), `the list of ${plural}`);
        const root = collection.slice(0, -plural.length);
        return (found ?? []).map(({ metadata }) => {
            const namespace = metadata.namespace === undefined ? "" : `namespaces/${metadata.namespace}/`;
            return { kind, metadata, path: `${root}${namespace}${plural}/${metadata.name}` };
        });
    };
    const selector = "labelSelector=app%3Distiod";
    const wanted = [base, istiod, ...(cni === undefined ? [] : [cni])];
    const homes = [...new Set(wanted.map(({ namespace }) => namespace))];
    const secrets = homes.map((home) => `/api/v1/namespaces/${home}/secrets?labelSelector=owner%3Dhelm`);
    const [deployments, pods, releases, configMaps, crds] = await Promise.all([
        metadata(`/apis/apps/v1/deployments?${selector}`, "Deployment", "deployments"),
        metadata(`/api/v1/pods?${selector}`, "Pod", "pods"),
        Promise.all(secrets.map((path) => metadata(path, "Secret", "secrets"))).then((found) => found.flat()),
        metadata("/api/v1/configmaps?labelSelector=istio.io%2Fconfig%3Dtrue", "ConfigMap", "configmaps"),
        listAll(client, CRDS, CRD).then((fact) => requireAnswer(fact, "the list of CRDs") ?? []),
    ]);
    const istio = crds.filter(({ metadata: { name } }) => ISTIO_CRD.test(name));
    const own = istio.filter((crd) => isOwnedBy(crd, base));
    const customResources = await Promise.all(
        own.map(({ spec: { group, names, versions } }) => {
            const version = versions.find(({ storage }) => storage)?.name ?? "";
            return metadata(`/apis/${group}/${version}/${names.plural}`, names.kind, names.plural);
        }),
    );
    const isHelmRecord = (of: ReleaseName, { metadata: { namespace = of.namespace, labels } }: Located): boolean =>
        labels?.["name"] === of.name && namespace === of.namespace;
    const located = istio.map(({ metadata }): Located => ({
        kind: "CustomResourceDefinition",
        metadata,
        path: `${CRDS}/${metadata.name}`,
    }));
    return {
        istiods: [...deployments, ...pods],
        releases: wanted.filter((release) => releases.some((record) => isHelmRecord(release, record))),
        crds: located,
        configMaps: configMaps.filter(({ metadata: { name } }) => CA_CONFIG_MAPS.includes(name)),
        customResources: customResources.flat(),
    };
}

async function removeAll(client: ClusterClient, objects: Located[]): Promise<void> {
    await Promise.all(
        objects.map(async (object) => {
            requireAnswer(
                await client.delete(object.path, object.metadata.uid ?? ""),
                `the deletion of ${nameOf(object)}`,
            );
        }),
    );
    const end = Date.now() + GONE_WITHIN_SECONDS * 1000;
    for (const object of objects) {
        while (requireAnswer(await client.get(object.path), nameOf(object)) !== undefined) {
            if (Date.now() > end) throw stuck(object);
            await setTimeout(100);
        }
    }
}

function stuck(object: Located): UserError {
    return new UserError(
        `${nameOf(object)}: expected the object to be gone within ${String(GONE_WITHIN_SECONDS)} s of its deletion, but it still exists. ` +
            "Next: look for finalizers and conditions that block it (kubectl get -o yaml), then run this command again.",
    );
}
