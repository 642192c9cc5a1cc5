import { isDeepStrictEqual } from "node:util";
import { PROXY_CONFIG_ANNOTATION } from "../../../shared/names/istio";
import { isPlainObject } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { proxyConfigOf } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import { restartCommands } from "../../inventory/workload";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/** What a sidecar reads only when it starts, as far as tracing goes. */
const AT_START = ["tracing", "runtimeValues", "proxyStatsMatcher"] as const;

/** Sidecars that started with another proxy configuration than the mesh has now: nothing marks such pods. */
export function outdatedProxies({ mesh, source, targets }: Evidence): DoctorFinding[] {
    // Without the mesh's own configuration nobody can say what is outdated.
    if (mesh.resourceVersion === undefined || mesh.written?.problem !== undefined) return [];
    return [source, ...targets].flatMap((sidecar) => {
        if (sidecar === undefined) return [];
        const { pod } = sidecar;
        // A pod's own annotation is laid over the mesh's configuration.
        if (pod.metadata.annotations?.[PROXY_CONFIG_ANNOTATION] !== undefined) return [];
        const read = proxyConfigOf(pod);
        if (read === undefined) return [];
        const [started, now] = [camelCased(read), camelCased(mesh.config.defaultConfig ?? {})];
        const changed = AT_START.filter((key) => !isDeepStrictEqual(started[key] ?? {}, now[key] ?? {}));
        if (changed.length === 0) return [];
        const show = (config: Record<string, unknown>): string =>
            JSON.stringify(Object.fromEntries(changed.map((key) => [key, config[key] ?? {}])));
        const finding = draftFor("sidecar")({
            id: "sidecar-outdated",
            severity: "warning",
            resource: `Pod ${fullName(pod)}`,
            expected: `the mesh's defaultConfig as it is now: ${show(now)}`,
            got: `a sidecar that started with ${show(started)}`,
            cure: "Restart the workload: a sidecar reads these fields only when it starts.",
            commands: restartCommands(pod),
            values: {},
        });
        return [finding];
    });
}

/** Both spellings of a field are read, and one is written; the keys of runtimeValues are no fields. */
function camelCased(config: object): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]: [string, unknown]) => {
            const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
            return [name, isPlainObject(value) && name !== "runtimeValues" ? camelCased(value) : value];
        }),
    );
}
