import type { PodObject } from "../../shared/kubernetes/objects";
import { fullName } from "./mesh";

/**
 * Seconds for which a collector may hold a trace whose configuration is not read: the processor's own decision_wait.
 *
 * Source: https://grafana.com/docs/alloy/latest/reference/components/otelcol/otelcol.processor.tail_sampling/
 */
export const UNREAD_WAIT = 30;

/** Pods of Grafana Alloy, whose configuration has a syntax of its own, which is not read. */
export function alloyPods(pods: PodObject[]): PodObject[] {
    return pods.filter(({ spec }) => (spec?.containers ?? []).some(({ image = "" }) => IMAGE.test(image)));
}

const IMAGE = /(^|\/)grafana\/alloy([:@]|$)/;

/** What is not known of pods of Grafana Alloy, and where to look; undefined without such pods. */
export function describeUnread(pods: PodObject[]): string | undefined {
    const [pod] = alloyPods(pods);
    if (pod === undefined) return undefined;
    const maps = (pod.spec?.volumes ?? []).flatMap(({ configMap }) => configMap?.name ?? []);
    const where =
        maps.length === 0
            ? "its configuration"
            : `its configuration (${maps.map((name) => `ConfigMap ${pod.metadata.namespace ?? "default"}/${name}`).join(", ")})`;
    return (
        `Pod ${fullName(pod)} is Grafana Alloy, and ${where} is not read, because it is not YAML: look there for ` +
        "processors that drop spans (otelcol.processor.tail_sampling, otelcol.processor.filter), at the endpoints of " +
        "otelcol.exporter.*, and at its metrics otelcol_* on port 12345"
    );
}
