import { isKind, namespaceOf, nameOf, type Manifest } from "../../shared/kubernetes/manifest";
import { INJECT_LABEL, INJECTION_LABEL, REVISION_LABEL } from "../../shared/names/istio";
import { at, mapAt, textAt } from "../../shared/values/plainObjects";
import { subjectOf, type Finding, type Subject } from "../finding";
import { podTemplateOf, type PodTemplate } from "./podTemplates";

/**
 * Whether Istio injects a sidecar into a pod; undefined if its namespace is unknown.
 *
 * Source: https://istio.io/latest/docs/ops/common-problems/injection/
 */
export function isInjected(
    template: Pick<PodTemplate, "metadata" | "spec">,
    namespace: Manifest | undefined,
): boolean | undefined {
    if (template.spec["hostNetwork"] === true) return false;
    const own =
        textAt(template.metadata, "labels", INJECT_LABEL) ?? textAt(template.metadata, "annotations", INJECT_LABEL);
    if (own === "false") return false;
    const switched = textAt(namespace, "metadata", "labels", INJECTION_LABEL);
    if (switched === "disabled") return false;
    if (own === "true") return true;
    if (namespace === undefined) return undefined;
    return switched === "enabled" || textAt(namespace, "metadata", "labels", REVISION_LABEL) !== undefined;
}

/** The namespaces among the objects, by name. */
export function namespacesOf(objects: Manifest[]): Map<string, Manifest> {
    return new Map(objects.filter((object) => isKind(object, "Namespace", "")).map((one) => [nameOf(one), one]));
}

/** Reports injection labels that contradict each other, or that have no effect. */
export function checkInjectionLabels(objects: Manifest[]): Finding[] {
    const namespaces = namespacesOf(objects);
    return [
        ...[...namespaces.values()].flatMap(checkNamespace),
        ...objects.flatMap((object) => {
            const template = podTemplateOf(object);
            return template === undefined ? [] : checkWorkload(object, template, namespaces.get(namespaceOf(object)));
        }),
    ];
}

function checkNamespace(namespace: Manifest): Finding[] {
    const labels = mapAt(namespace, "metadata", "labels");
    const switched = textAt(labels, INJECTION_LABEL);
    const revision = textAt(labels, REVISION_LABEL);
    const ambient = textAt(labels, "istio.io/dataplane-mode") === "ambient";
    const got = [
        switched !== undefined && !["enabled", "disabled"].includes(switched) && `istio-injection=${switched}`,
        switched !== undefined &&
            revision !== undefined &&
            `istio-injection=${switched} and ${REVISION_LABEL}=${revision}`,
        ambient && switched === "enabled" && "istio-injection=enabled and istio.io/dataplane-mode=ambient",
    ].filter((problem) => problem !== false);
    return got.map((problem) =>
        finding(
            subjectOf(namespace),
            "one label: istio-injection=enabled or disabled, or istio.io/rev",
            problem,
            "Keep only the label that you mean: with both, istio-injection wins and the revision has no effect.",
        ),
    );
}

function checkWorkload(object: Manifest, template: PodTemplate, namespace: Manifest | undefined): Finding[] {
    const label = textAt(template.metadata, "labels", INJECT_LABEL);
    const annotation = textAt(template.metadata, "annotations", INJECT_LABEL);
    const asked = label ?? annotation;
    const found: Finding[] = [];
    if (label !== undefined && annotation !== undefined && label !== annotation) {
        const got = `the label ${INJECT_LABEL}=${label} and the annotation ${INJECT_LABEL}=${annotation}`;
        found.push(
            finding(
                template,
                "the same value in label and annotation",
                got,
                "Remove the annotation: the label takes precedence.",
            ),
        );
    }
    if (asked !== undefined && !["true", "false"].includes(asked)) {
        const cure = 'Write "true" or "false".';
        found.push(finding(template, `${INJECT_LABEL} to be "true" or "false"`, `"${asked}"`, cure));
    }
    if (asked === "true" && textAt(namespace, "metadata", "labels", INJECTION_LABEL) === "disabled") {
        const got = `${INJECT_LABEL}=true in a namespace with istio-injection=disabled, which disables injection for every pod`;
        found.push(finding(template, "a namespace that allows injection", got, "Remove one of the two labels."));
    }
    if (asked === "true" && template.spec["hostNetwork"] === true) {
        const got = `${INJECT_LABEL}=true and hostNetwork`;
        const cure = "Remove the label or hostNetwork: pods in the host's network never get a sidecar.";
        found.push(finding(template, "no hostNetwork for a pod with a sidecar", got, cure));
    }
    const outside = [
        at(object, "metadata", "labels", INJECT_LABEL),
        at(object, "metadata", "annotations", INJECT_LABEL),
    ];
    if (textAt(object, "kind") !== "Pod" && asked === undefined && outside.some((value) => value !== undefined)) {
        const cure = "Move the label to spec.template.metadata.labels, where the injector reads it.";
        found.push(finding(template, `${INJECT_LABEL} on the pods`, "the label only on the workload", cure));
    }
    return found;
}

function finding({ resource, object }: Subject, expected: string, got: string, cure: string): Finding {
    return { id: "injection-labels", severity: "error", resource, object, expected, got, cure };
}
