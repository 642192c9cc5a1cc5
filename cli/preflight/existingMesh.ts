import { checkJaegerNames, checkOnlyMeshTelemetry, checkRevisionChosen } from "../../checks/cluster/existingMesh";
import { checkNotAmbient } from "../../checks/mesh/ambient";
import { checkExistingMesh, meshConfigMaps, type WantedMesh } from "../../checks/mesh/existingMesh";
import type { TelemetryObject } from "../../checks/mesh/objects";
import { TELEMETRY } from "../../checks/mesh/shapes";
import { existingMeshArgs } from "../../components/arguments";
import { resolveExistingMesh } from "../../components/existingMesh";
import { askJaeger } from "../../components/othersInMesh";
import { MESH_TELEMETRY } from "../../components/render/istioObjects";
import { wantedMesh } from "../../components/render/wantedMesh";
import type { Settings } from "../../components/settings";
import type { ClusterClient } from "../../shared/cluster/client";
import type { Fact } from "../../shared/cluster/facts";
import type { ClusterObject, ConfigMapObject } from "../../shared/kubernetes/objects";
import { CONFIG_MAP } from "../../shared/kubernetes/shapes";
import { settle } from "../../shared/values/settle";
import { list, map, one } from "../../shared/cluster/ask";
import type { ClusterFacts } from "./facts";
import { judge, type Outcome } from "./outcome";

/** The ConfigMaps of an Istio that the program does not install. */
export interface MeshConfigMaps {
    configMap: Fact<ConfigMapObject | undefined>;
    injector: Fact<ConfigMapObject | undefined>;
    shared: Fact<ConfigMapObject | undefined>;
}

/** What a cluster has of such an Istio. */
export interface ExistingMeshFacts extends MeshConfigMaps {
    /** Those of all namespaces. */
    telemetries: Fact<(TelemetryObject & ClusterObject)[]>;
    /** Objects with the names of the program's Jaeger. */
    jaeger: Fact<(ClusterObject & { kind: string })[]>;
}

/** What the stack needs of the mesh; undefined if the program installs Istio. */
export function meshWanted(settings: Settings): WantedMesh | undefined {
    if (settings.istio.install) return undefined;
    return wantedMesh(resolveExistingMesh("existing-mesh", existingMeshArgs(settings)));
}

/** Reads the ConfigMaps of the mesh. */
export function askMeshConfigMaps(client: ClusterClient, wanted: WantedMesh): Promise<MeshConfigMaps> {
    const names = meshConfigMaps(wanted.revision);
    const inside = `/api/v1/namespaces/${wanted.namespace}`;
    const configMap = (name: string | undefined): Promise<Fact<ConfigMapObject | undefined>> =>
        name === undefined
            ? Promise.resolve({ value: undefined })
            : one(client, `${inside}/configmaps/${name}`, CONFIG_MAP);
    return settle<MeshConfigMaps>({
        configMap: configMap(names.mesh),
        injector: configMap(names.injector),
        shared: configMap(names.shared),
    });
}

/** Reads the mesh, and what others have in it. */
export async function askExistingMesh(client: ClusterClient, wanted: WantedMesh): Promise<ExistingMeshFacts> {
    const configMaps = askMeshConfigMaps(client, wanted);
    const others = settle<Omit<ExistingMeshFacts, keyof MeshConfigMaps>>({
        telemetries: list(client, "/apis/telemetry.istio.io/v1/telemetries", TELEMETRY),
        jaeger: askJaeger(client, wanted.namespace),
    });
    return { ...(await configMaps), ...(await others) };
}

/** Whether the stack can be traced in the mesh, and whether it would harm anybody. */
export function existingMeshOutcomes(
    mesh: ExistingMeshFacts,
    wanted: WantedMesh,
    { istiods, crds, demoNamespace, traced }: ClusterFacts,
    settings: Settings,
): Outcome[] {
    const { namespace, revision } = wanted;
    const { configMap, injector, shared } = mesh;
    const found = [configMap, injector, shared, crds] as const;
    const usable = ([config, values, other, kinds]: [
        ConfigMapObject | undefined,
        ConfigMapObject | undefined,
        ConfigMapObject | undefined,
        ClusterObject[],
    ]) =>
        checkExistingMesh(
            {
                ...{ configMap: config, injector: values, shared: other },
                hasTelemetryApi: kinds.some(({ metadata }) => metadata.name === "telemetries.telemetry.istio.io"),
            },
            wanted,
        );
    const namespaces = [
        demoNamespace,
        ...Object.values(traced).map((fact) => map(fact, (state) => state.namespace)),
    ].map((fact) =>
        judge("ambient", [fact], ([one]) => ({ findings: checkNotAmbient(one), passed: "no namespace is ambient" })),
    );
    const ambient = namespaces.filter(({ findings, skipped }) => findings.length > 0 || skipped !== undefined);
    return [
        judge("Istio", [istiods], ([all]) => ({
            findings: checkRevisionChosen(all, revision, namespace),
            passed: `the revision ${revision ?? "default"} in ${namespace}, which its owner keeps managing`,
        })),
        judge("mesh configuration", [...found], (values) => {
            const { findings, mesh: accepted } = usable(values);
            return { findings, passed: `the provider ${accepted?.provider ?? ""} sends spans to the collector` };
        }),
        judge("mesh-wide Telemetry", [mesh.telemetries, ...found], ([telemetries, ...values]) => {
            const root = usable(values).mesh?.rootNamespace ?? wanted.rootNamespace ?? namespace;
            const there = telemetries.filter(({ metadata }) => metadata.namespace === root);
            return {
                findings: checkOnlyMeshTelemetry(there, root, revision, MESH_TELEMETRY),
                passed: `no other in the root namespace ${root}`,
            };
        }),
        ...(settings.jaeger.deploy
            ? [
                  judge("Jaeger's names", [mesh.jaeger], ([objects]) => ({
                      findings: checkJaegerNames(objects),
                      passed: `free in ${namespace}, or this program's`,
                  })),
              ]
            : []),
        ...(ambient.length > 0 ? ambient : namespaces.slice(0, 1)),
    ];
}
