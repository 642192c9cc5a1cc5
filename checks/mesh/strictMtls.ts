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

/** A PeerAuthentication and the mode that it decides, such as `STRICT`. */
export interface DecidingMtls {
    rule: Manifest;
    mode: string;
}

/** Whether pods with a sidecar reject plain text at a port. */
export function isStrict(objects: Manifest[], pods: MtlsPods, port: number): boolean {
    return decidingMtls(objects, pods, port)?.mode === "STRICT";
}

/**
 * The PeerAuthentication that decides what pods with a sidecar accept at a port; undefined if none does, and both TLS
 * and plain text are accepted. A rule with matching labels overrides the namespace's rule, which overrides the mesh's
 * rule. Among equal rules, the first one counts.
 *
 * Source: https://istio.io/latest/docs/reference/config/security/peer_authentication/
 *
 * @param port of the pods, not of a Service
 */
export function decidingMtls(
    objects: Manifest[],
    { labels, namespace, rootNamespace }: MtlsPods,
    port: number,
): DecidingMtls | undefined {
    const rules = peerAuthentications(objects);
    const chosen = (rule: Manifest): boolean => selects(mapAt(rule, "spec", "selector", "matchLabels"), labels);
    const own = rules
        .filter((rule) => namespaceOf(rule) === namespace && chosen(rule))
        .flatMap((rule) => [
            { rule, mode: textAt(rule, "spec", "portLevelMtls", String(port), "mode") },
            { rule, mode: textAt(rule, "spec", "mtls", "mode") },
        ]);
    const wide = [namespace, rootNamespace].flatMap((home) => {
        const rule = rules.find((one) => namespaceOf(one) === home && isWide(one));
        return rule === undefined ? [] : [{ rule, mode: textAt(rule, "spec", "mtls", "mode") }];
    });
    return [...own, ...wide].flatMap(({ rule, mode }) =>
        mode === undefined || mode === "UNSET" ? [] : [{ rule, mode }],
    )[0];
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
                "none, so workloads also accept plain text",
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
