import { describeDecision, type SamplingDecision } from "../../../checks/telemetry/samplingDecision";
import { keysIn } from "../../../shared/values/plainObjects";
import type { PodObject } from "../../../shared/kubernetes/objects";
import type { Evidence } from "../../evidence";
import { isUnknownKey, limitsOf, RUNTIME_KEYS, type TracingRuntime } from "../../evidence/runtime";
import { applyTo, filtersWith, valueOf } from "../../inventory/envoyFilters";
import { fullName } from "../../inventory/mesh";
import { sourceOfField } from "../../inventory/proxyConfig";
import { restartCommands } from "../../inventory/workload";
import { removeField, type FieldRemoval } from "../../remediation/proxyConfig";
import type { DoctorFinding } from "../../segments";
import { draftFor, type Draft } from "../draft";
import { runtimeAtStart, runtimeOf } from "./live";

/** Annotation with the name of a ConfigMap that replaces the bootstrap of a sidecar. */
const BOOTSTRAP_ANNOTATION = "sidecar.istio.io/bootstrapOverride";
/** The layer that `POST /runtime_modify` fills. */
const ADMIN_LAYER = "admin";

/** The object that sets a key of a sidecar's runtime, and how to remove the key. */
export function originOfKey(
    pod: PodObject,
    key: string,
    runtime: TracingRuntime,
    evidence: Pick<Evidence, "discovery" | "mesh" | "path">,
): FieldRemoval {
    const { mesh, path } = evidence;
    const layer = runtime[key]?.layer;
    const restarted = { resource: `Pod ${fullName(pod)}`, commands: restartCommands(pod) };
    if (layer === ADMIN_LAYER) {
        const place = "Envoy's admin interface (runtime_modify)";
        return {
            ...restarted,
            place,
            cure: "Restart the workload: values that were set there disappear with the sidecar.",
        };
    }
    const keys = ["runtimeValues", key];
    const source = sourceOfField(pod, mesh, keys);
    if (source !== undefined) return removeField(pod, source, keys, { mesh, pods: [path.source, ...path.targets] });
    const filters = filtersWith((patch) => setsKey(applyTo(patch), valueOf(patch), key), pod, evidence).join(", ");
    if (filters !== "") {
        const cure = `Remove ${key} from ${filters}, and restart the workload: a sidecar reads its bootstrap only when it starts.`;
        return { resource: filters, place: "its patch of the bootstrap", cure, commands: [] };
    }
    const override = pod.metadata.annotations?.[BOOTSTRAP_ANNOTATION];
    if (override !== undefined) {
        const resource = `ConfigMap ${pod.metadata.namespace ?? ""}/${override}`;
        const place = `the bootstrap that the annotation ${BOOTSTRAP_ANNOTATION} of Pod ${fullName(pod)} names`;
        return { resource, place, cure: `Remove ${key} from it, and restart the workload.`, commands: [] };
    }
    const place = layer === undefined ? "its runtime" : `the layer "${layer}" of its runtime`;
    const cure = `No object that the doctor reads sets it. Find what writes ${place} of the sidecar, and remove ${key} there.`;
    return { ...restarted, place, cure, commands: [] };
}

function setsKey(kind: string, value: unknown, key: string): boolean {
    return kind === "BOOTSTRAP" && keysIn(value).includes(key);
}

/** What a finding about a key of the runtime says, except for what was expected. */
export function blameKey(
    pod: PodObject,
    key: string,
    runtime: TracingRuntime,
    evidence: Pick<Evidence, "discovery" | "mesh" | "path">,
): Pick<Draft, "resource" | "cure" | "commands"> & { got: string } {
    const { resource, place, cure, commands } = originOfKey(pod, key, runtime, evidence);
    const got = `the runtime value ${key} ${runtime[key]?.value ?? ""} in ${place}`;
    return { resource, got, cure, commands };
}

/** A runtime value that decides the rate of a pod instead of the objects. */
export function overriddenRate(
    pod: PodObject,
    { configuredPercent, decidedBy }: { configuredPercent: number; decidedBy: SamplingDecision },
    runtime: TracingRuntime,
    evidence: Pick<Evidence, "discovery" | "mesh" | "path">,
): Draft {
    const { got, ...blame } = blameKey(pod, RUNTIME_KEYS.random, runtime, evidence);
    return {
        id: "sampling-overridden",
        ...blame,
        expected: `${String(configuredPercent)} percent in Pod ${fullName(pod)}, which ${describeDecision(decidedBy)} decides`,
        got: `${got}, which sidecars use instead`,
        values: {},
    };
}

/** Runtime values for tracing that do not decide the rate: keys that Envoy does not read, and a limit for forced traces. */
export function otherRuntimeValues(evidence: Evidence): DoctorFinding[] {
    const { source, targets } = evidence;
    const seen = new Set<string>();
    return [source, ...targets].flatMap((sidecar) => {
        if (sidecar === undefined) return [];
        const { pod } = sidecar;
        // An annotation can have keys that the answer of Envoy lacks, because a value was empty.
        const runtime = { ...runtimeAtStart(pod), ...runtimeOf(sidecar) };
        const { client } = limitsOf(runtime);
        return Object.keys(runtime).flatMap((key) => {
            const forced = key === RUNTIME_KEYS.client && client !== undefined && client < 100;
            if (seen.has(key) || (!forced && !isUnknownKey(key))) return [];
            seen.add(key);
            const { got, ...blame } = blameKey(pod, key, runtime, evidence);
            return [
                draftFor("sampling")({
                    id: "runtime-value-unused",
                    severity: forced ? "info" : "warning",
                    ...blame,
                    expected: forced
                        ? "a trace of every request with x-client-trace-id"
                        : `a key that Envoy reads: ${Object.values(RUNTIME_KEYS).join(", ")}`,
                    got: forced
                        ? `${got}: such a header has an effect for ${String(client)} % of requests`
                        : `${got}, which Envoy does not read, so it has no effect`,
                    values: {},
                }),
            ];
        });
    });
}
