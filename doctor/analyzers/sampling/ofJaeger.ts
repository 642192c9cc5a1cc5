import { isPlainObject, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { nameOfFile } from "../../inventory/collectorPipelines";
import { effectiveConfigOf } from "../../inventory/effectiveConfig";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/**
 * Sampling strategies of Jaeger, which only clients with Jaeger's remote sampler ask for. Sidecars do not, so that the
 * strategies decide nothing for the mesh.
 *
 * Source: https://www.jaegertracing.io/docs/2.13/architecture/sampling/
 */
export function samplingOfJaeger(evidence: Evidence): DoctorFinding[] {
    const source = effectiveConfigOf(evidence);
    const settings = mapAt(source?.config, "extensions", "remote_sampling");
    const file = textAt(settings, "file", "path") ?? "";
    const adaptive = isPlainObject(settings["adaptive"]);
    if (source === undefined || (file === "" && !adaptive)) return [];
    return [
        draftFor("sampling")({
            id: "jaeger-sampling-unused",
            severity: "info",
            resource: source.file === undefined ? source.subject.resource : nameOfFile(source.file),
            expected: "a rate in a Telemetry, which sidecars use for sampling",
            got:
                `extensions.remote_sampling ${adaptive ? "adaptive" : `with the strategies of ${file}`}, which only ` +
                "applications with Jaeger's remote sampler use, not sidecars",
            cure:
                "Do nothing if it is meant for such applications. For the mesh, set randomSamplingPercentage in a " +
                "Telemetry (stack setting: samplingPercent).",
            values: {},
        }),
    ];
}
