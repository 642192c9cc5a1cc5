import type { Finding } from "./finding";
import { at, isKind, mapAt, namespaceOf, resourceName, textAt, type Manifest } from "./manifest";
import type { MeshConfigSource } from "./meshConfig";

/** A mesh that takes plain text between its workloads: no STRICT for all, or an exception from it. */
export function checkStrictMtls(objects: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const rules = objects.filter((object) => isKind(object, "PeerAuthentication", "security.istio.io"));
    const wide = (rule: Manifest): boolean => Object.keys(mapAt(rule, "spec", "selector", "matchLabels")).length === 0;
    const missing = meshes
        .filter(
            ({ rootNamespace }) =>
                !rules.some(
                    (rule) =>
                        namespaceOf(rule) === rootNamespace &&
                        wide(rule) &&
                        at(rule, "spec", "mtls", "mode") === "STRICT",
                ),
        )
        .map(({ resource, rootNamespace }) =>
            finding(
                resource,
                `a PeerAuthentication without a selector and with mode STRICT in ${rootNamespace}`,
                "none: workloads take plain text as well",
            ),
        );
    const loose = rules.flatMap((rule) => {
        const ports = Object.entries(mapAt(rule, "spec", "portLevelMtls"));
        return [
            { where: "", mode: textAt(rule, "spec", "mtls", "mode") },
            ...ports.map(([port, mtls]) => ({ where: ` for port ${port}`, mode: textAt(mtls, "mode") })),
        ]
            .filter(({ mode }) => mode === "PERMISSIVE" || mode === "DISABLE")
            .map(({ where, mode = "" }) => finding(resourceName(rule), "mode STRICT", `mode ${mode}${where}`));
    });
    return [...missing, ...loose];
}

function finding(resource: string, expected: string, got: string): Finding {
    return {
        ...{ id: "mtls-strict", severity: "error", resource, expected, got },
        cure: "Set mode STRICT; a collector without a sidecar needs no exception, since sidecars see that it has none.",
    };
}
