import type { Evidence } from "../../../../doctor/evidence";
import type { Span } from "../../../../shared/jaeger/client";
import { evidenceOf } from "../patient";
import type { Patient } from "../patientModel";
import { ENDPOINT_SCENARIOS } from "./endpointScenarios";
import { EXPORT_SCENARIOS } from "./exportScenarios";
import { OTHER_SCENARIOS } from "./otherScenarios";
import { ROLE_SCENARIOS } from "./roleScenarios";
import type { Scenario } from "./scenarioParts";
import { STORE_SCENARIOS } from "./storeScenarios";
import { TELEMETRY_SCENARIOS } from "./telemetryScenarios";
import { TIER_SCENARIOS } from "./tierScenarios";

/** Every fault for which the doctor has commands. */
export const SCENARIOS: Scenario[] = [
    ...ENDPOINT_SCENARIOS,
    ...EXPORT_SCENARIOS,
    ...TELEMETRY_SCENARIOS,
    ...OTHER_SCENARIOS,
    ...TIER_SCENARIOS,
    ...ROLE_SCENARIOS,
    ...STORE_SCENARIOS,
];

/** The evidence of a mesh with a fault of these. */
export function evidenceWith(harm: (patient: Patient) => void): Evidence {
    let extra: Patient["evidence"] = {};
    const evidence = evidenceOf((patient) => {
        harm(patient);
        extra = patient.evidence;
    });
    if (extra.orphaned === true)
        for (const { trace } of evidence.probes) trace?.spans.splice(1, 1, ...trace.spans.slice(1).map(orphan));
    if (extra.evicted === true) for (const probe of evidence.probes) probe.trace = undefined;
    for (const sidecar of [evidence.source, ...evidence.targets])
        if (extra.tls !== undefined && sidecar !== undefined && "value" in sidecar.clusters)
            for (const cluster of sidecar.clusters.value) Object.assign(cluster, extra.tls);
    return evidence;
}

/** A span whose parent nobody reports. */
function orphan(span: Span): Span {
    return { ...span, spanId: "x", parentSpanId: "nobody" };
}
