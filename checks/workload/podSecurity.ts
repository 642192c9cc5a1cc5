import { type Manifest } from "../../shared/kubernetes/manifest";
import { at, itemsAt, listAt, mapAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { containersOf, podTemplateOf, type PodTemplate } from "./podTemplates";

/**
 * Reports pods that the Pod Security Standard `restricted` rejects.
 *
 * Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function checkRestricted(manifest: Manifest): Finding[] {
    const template = podTemplateOf(manifest);
    if (template === undefined) return [];
    const found = [
        { resource: template.resource, problems: podProblems(template) },
        ...containersOf(template)
            // Istio's injector completes this container.
            .filter(({ container }) => container["image"] !== "auto")
            .map(({ name, container }) => ({
                resource: `${template.resource} container ${name}`,
                problems: containerProblems(mapAt(container, "securityContext"), template),
            })),
    ];
    return found
        .filter(({ problems }) => problems.length > 0)
        .map(({ resource, problems }) => ({
            id: "restricted-security-context",
            severity: "error",
            resource,
            expected: "a security context that the Pod Security Standard restricted admits",
            got: problems.join(", "),
            cure:
                "Set runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } and " +
                "seccompProfile: { type: RuntimeDefault }, and remove host namespaces and host paths.",
        }));
}

function podProblems({ spec }: PodTemplate): string[] {
    const host = ["hostNetwork", "hostPID", "hostIPC"].filter((field) => spec[field] === true);
    const paths = listAt(spec, "volumes").filter((volume) => volume["hostPath"] !== undefined);
    return [...host, ...paths.map((volume) => `hostPath volume ${String(volume["name"])}`)];
}

function containerProblems(own: Manifest, { spec }: PodTemplate): string[] {
    const ofPod = mapAt(spec, "securityContext");
    const effective = (field: string): unknown => own[field] ?? ofPod[field];
    const list = (field: string): unknown[] => itemsAt(own, "capabilities", field);
    const added = list("add").filter((capability) => capability !== "NET_BIND_SERVICE");
    const seccomp = at(effective("seccompProfile"), "type");
    return [
        own["privileged"] === true && "privileged",
        own["allowPrivilegeEscalation"] !== false && "allowPrivilegeEscalation not false",
        !list("drop").includes("ALL") && "capabilities not dropped",
        added.length > 0 && `capabilities ${added.map(String).join(", ")} added`,
        effective("runAsNonRoot") !== true && "runAsNonRoot not true",
        effective("runAsUser") === 0 && "runAsUser 0",
        seccomp !== "RuntimeDefault" && seccomp !== "Localhost" && "no seccompProfile",
    ].filter((problem) => problem !== false);
}
