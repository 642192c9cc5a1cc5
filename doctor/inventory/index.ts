import { labelPairs } from "../../shared/kubernetes/labelSelectors";
import { isNamespaceWide, targetsOf, type TelemetryObject } from "../../checks/mesh/objects";
import { itemsOf } from "../../shared/cluster/facts";
import { REVISION_LABEL } from "../../shared/names/istio";
import type { Evidence } from "../evidence";
import type { LiveRate } from "../evidence/liveRate";
import { listControlPlanes, type ControlPlane } from "./controlPlanes";
import { fullName, isReady, type Mesh } from "./mesh";
import { listNamespaces, type NamespaceInventory } from "./namespaces";
import { liveOfPath } from "./liveRates";

/** What was found in the cluster, in addition to the probed path. */
export interface Inventory {
    controlPlanes: ControlPlane[];
    /** Telemetries with tracing, and their scopes. */
    telemetries: { name: string; scope: string }[];
    /** The collector of the probed workload's spans; undefined without a provider. */
    collector: { provider: string; kind: string; address: string; behind: string } | undefined;
    /** How Jaeger was queried. */
    jaeger: { where: string; answers: boolean; services: number };
    namespaces: NamespaceInventory[];
    /** False if objects that decide them could not be read. */
    ratesKnown: boolean;
    /** Live rates of sidecars: those of the path, and one for each other rate. */
    live: LiveRate[];
}

/** Describes the mesh from the objects that were already read. */
export function takeInventory(evidence: Evidence): Inventory {
    const { mesh, query } = evidence;
    const discovery = evidence.cluster ?? evidence.discovery;
    return {
        controlPlanes: listControlPlanes(discovery, mesh),
        telemetries: itemsOf(discovery.telemetries)
            .filter(({ spec }) => (spec?.tracing ?? []).length > 0)
            .map((telemetry) => ({ name: fullName(telemetry), scope: scopeOf(telemetry, evidence) })),
        collector: describeCollector(evidence),
        jaeger: { where: query.where, answers: query.client !== undefined, services: query.services.length },
        namespaces: listNamespaces(discovery),
        ratesKnown:
            mesh.unknown === undefined && "value" in discovery.meshConfigMaps && "value" in discovery.telemetries,
        live: [...liveOfPath(evidence), ...evidence.live],
    };
}

function scopeOf(telemetry: TelemetryObject, { mesh }: Evidence): string {
    const revision = telemetry.metadata.labels?.[REVISION_LABEL];
    return scopeWithin(telemetry, mesh) + (revision === undefined ? "" : `, only for the revision ${revision}`);
}

function scopeWithin(telemetry: TelemetryObject, mesh: Mesh): string {
    const { namespace = "" } = telemetry.metadata;
    if (isNamespaceWide(telemetry)) {
        return namespace === mesh.rootNamespace ? "the whole mesh" : `the namespace ${namespace}`;
    }
    const targets = targetsOf(telemetry).map(({ kind, name }) => `${kind} ${name}`);
    const labels = labelPairs(telemetry.spec?.selector?.matchLabels ?? {});
    return [...targets, ...labels].join(", ");
}

function describeCollector({ collector }: Evidence): Inventory["collector"] {
    if (collector === undefined) return undefined;
    const { provider, kind, host, port, service, serviceEntry, pods } = collector;
    const ready = pods.filter(isReady).length;
    const behind =
        service !== undefined
            ? `Service ${fullName(service)}, ${String(ready)} of ${String(pods.length)} pods ready`
            : serviceEntry !== undefined
              ? `ServiceEntry ${fullName(serviceEntry)}`
              : "no Service or ServiceEntry with that name";
    return { provider, kind, address: `${host}:${String(port)}`, behind };
}
