import { selects } from "../../shared/kubernetes/labelSelectors";
import { isKind, mayStandIn, namespaceOf, type Manifest } from "../../shared/kubernetes/manifest";
import { at, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding, type Subject } from "../finding";
import type { MeshConfigSource } from "./configurationSource";

/** Pods, as PeerAuthentications select them. */
export interface MtlsPods {
    labels: Manifest;
    namespace: string;
    /** The namespace in which a PeerAuthentication without a selector applies to the whole mesh. */
    rootNamespace: string;
}

/**
 * Whether pods with a sidecar reject plain text at a port. A rule with matching labels overrides the namespace's rule,
 * which overrides the mesh's rule. Among equal rules, the first one counts.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
 */
export function isStrict(objects: Manifest[], { labels, namespace, rootNamespace }: MtlsPods, port: number): boolean {
    const rules = peerAuthentications(objects);
    const chosen = (rule: Manifest): boolean => selects(mapAt(rule, "spec", "selector", "matchLabels"), labels);
    const modes = [
        ...rules
            .filter((rule) => namespaceOf(rule) === namespace && chosen(rule))
            .flatMap((rule) => [
                textAt(rule, "spec", "portLevelMtls", String(port), "mode"),
                textAt(rule, "spec", "mtls", "mode"),
            ]),
        ...[namespace, rootNamespace].map((home) =>
            textAt(
                rules.find((rule) => namespaceOf(rule) === home && isWide(rule)),
                "spec",
                "mtls",
                "mode",
            ),
        ),
    ];
    return modes.find((mode) => mode !== undefined && mode !== "UNSET") === "STRICT";
}

function peerAuthentications(objects: Manifest[]): Manifest[] {
    return objects.filter((object) => isKind(object, "PeerAuthentication", "security.istio.io"));
}

function isWide(rule: Manifest): boolean {
    return Object.keys(mapAt(rule, "spec", "selector", "matchLabels")).length === 0;
}

/** Reports a mesh that accepts plain text between its workloads: no mesh-wide STRICT, or an exception from it. */
export function checkStrictMtls(objects: Manifest[], meshes: MeshConfigSource[]): Finding[] {
    const rules = peerAuthentications(objects);
    const missing = meshes
        .filter(
            ({ rootNamespace }) =>
                !rules.some(
                    (rule) =>
                        mayStandIn(rule, rootNamespace) &&
                        isWide(rule) &&
                        at(rule, "spec", "mtls", "mode") === "STRICT",
                ),
        )
        .map(({ rootNamespace, ...mesh }) => ({
            ...finding(
                mesh,
                `a PeerAuthentication without a selector and with mode STRICT in ${rootNamespace}`,
                "none, so that workloads also accept plain text",
            ),
            ...(rules.length === 0 && { missingKind: "PeerAuthentication" }),
        }));
    const loose = rules.flatMap((rule) => {
        const ports = Object.entries(mapAt(rule, "spec", "portLevelMtls"));
        return [
            { where: "", mode: textAt(rule, "spec", "mtls", "mode") },
            ...ports.map(([port, mtls]) => ({ where: ` for port ${port}`, mode: textAt(mtls, "mode") })),
        ]
            .filter(({ mode }) => mode === "PERMISSIVE" || mode === "DISABLE")
            .map(({ where, mode = "" }) => finding(subjectOf(rule), "mode STRICT", `mode ${mode}${where}`));
    });
    return [...missing, ...loose];
}

function finding({ resource, object }: Subject, expected: string, got: string): Finding {
    return {
        ...{ id: "mtls-strict", severity: "error", resource, object, expected, got },
        cure: "Set mode STRICT. A collector without a sidecar needs no exception, because sidecars detect that it has none.",
    };
}
