import { checkAccessLog } from "../../checks/accessLog";
import type { Finding } from "../../checks/finding";
import { checkMeshSamplingPlaced } from "../../checks/samplingRates";
import { checkOneTelemetry, telemetriesOf } from "../../checks/telemetry";
import type { Evidence } from "../evidence";
import { toManifests, toMeshSource } from "../manifests";
import type { DoctorFinding } from "../model";
import { meshConfigCommand } from "./cures";
import { draftFor } from "./make";

/** What the rules of the checks say about objects through which the probe passes none the less. */
export function adviseOn({ mesh, discovery }: Evidence): DoctorFinding[] {
    const source = toMeshSource(mesh);
    const advise = (segment: DoctorFinding["segment"], findings: Finding[], commands: string[] = []): DoctorFinding[] =>
        findings.map((finding) => draftFor(segment)({ ...finding, severity: "warning", commands, values: {} }));
    const logCommand = meshConfigCommand(mesh, (config) => {
        const old = (config as { accessLogFormat?: string }).accessLogFormat ?? "";
        return { ...config, accessLogFormat: old.replace(/%REQ\(X-B3-TRACEID\)%/gi, "%TRACE_ID%") };
    });
    return [
        ...advise("sidecar", checkOneTelemetry(telemetriesOf(toManifests(discovery)))),
        ...advise("sidecar", checkAccessLog(source), [logCommand]),
        ...advise("sampling", checkMeshSamplingPlaced(source)),
    ];
}
