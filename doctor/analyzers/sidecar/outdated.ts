import { isDeepStrictEqual } from "node:util";
import { PROXY_CONFIG_ANNOTATION } from "../../../shared/names/istio";
import { isPlainObject } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { proxyConfigOf } from "../../inventory/collector";
import { fullName } from "../../inventory/mesh";
import { restartCommands } from "../../inventory/workload";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/** The tracing fields that a sidecar reads only when it starts. */
const AT_START = ["tracing", "runtimeValues", "proxyStatsMatcher", "proxyHeaders"] as const;

/** Sidecars that started with a different proxy configuration from the current one. Nothing marks such pods. */
export function outdatedProxies({ mesh, source, targets }: Evidence): DoctorFinding[] {
    // Without the mesh configuration, it is unknown what is outdated.
    if (mesh.resourceVersion === undefined || mesh.written?.problem !== undefined) return [];
    return [source, ...targets].flatMap((sidecar) => {
        if (sidecar === undefined) return [];
        const { pod } = sidecar;
        // A pod's annotation overrides the mesh configuration.
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
            expected: `the mesh's current defaultConfig: ${show(now)}`,
            got: `a sidecar that started with ${show(started)}`,
            cure: "Restart the workload: a sidecar reads these fields only when it starts.",
            commands: restartCommands(pod),
            values: {},
        });
        return [finding];
    });
}

/** Reads both spellings of a field and writes one. The keys of runtimeValues are not fields. */
function camelCased(config: object): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]: [string, unknown]) => {
            const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
            return [name, isPlainObject(value) && name !== "runtimeValues" ? camelCased(value) : value];
        }),
    );
}
