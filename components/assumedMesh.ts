import { meshConfigMaps } from "../checks/mesh/existingMesh";
import { existingMeshArgs } from "./arguments";
import { resolveExistingMesh } from "./existingMesh";
import { wantedMesh } from "./render/wantedMesh";
import { resolveSettings, type Settings } from "./settings";
import { SettingsError } from "./settings/problems";
import { ISTIO_VERSION } from "./versions";

/**
 * The ConfigMaps of an existing Istio, as the settings need it, by `namespace/name`: what a plan without a cluster
 * takes to be there. None for an Istio that the program installs, and for settings that cannot be used, of which the
 * program itself says why.
 */
export function assumedObjects(config: Record<string, string>): Map<string, object> {
    let settings: Settings;
    try {
        settings = resolveSettings(config);
    } catch (error) {
        if (error instanceof SettingsError) return new Map();
        throw error;
    }
    if (settings.istio.install) return new Map();
    const { revision, namespace, entry, tracingProviders, authorizer, rootNamespace } = wantedMesh(
        resolveExistingMesh("assumed", existingMeshArgs(settings)),
    );
    const others = Object.values(tracingProviders).filter((name) => name !== entry["name"]);
    const mesh = {
        ...(rootNamespace !== undefined && { rootNamespace }),
        extensionProviders: [
            entry,
            ...others.map((name) => ({ ...entry, name })),
            ...(authorizer === undefined ? [] : [{ name: authorizer, envoyExtAuthzHttp: {} }]),
        ],
    };
    const names = meshConfigMaps(revision);
    const object = (name: string, data: Record<string, string>): [string, object] => [
        `${namespace}/${name}`,
        { metadata: { namespace, name }, data },
    ];
    return new Map([
        object(names.mesh, { mesh: JSON.stringify(mesh) }),
        object(names.injector, { values: JSON.stringify({ global: { tag: ISTIO_VERSION } }) }),
    ]);
}
