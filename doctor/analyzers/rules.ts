import { isDeepStrictEqual } from "node:util";
import { checkAccessLog } from "../../checks/telemetry/accessLog";
import type { Finding } from "../../checks/finding";
import { checkRoutes } from "../../checks/jaeger/routes";
import { checkOneTelemetry, checkTelemetryRevision, telemetriesOf } from "../../checks/telemetry/consistency";
import { namespaceOf } from "../../shared/kubernetes/manifest";
import { misplacedMeshRates } from "../../checks/telemetry/samplingRates";
import type { Evidence } from "../evidence";
import { toManifests, toMeshSource } from "../inventory/manifests";
import { readMeshes } from "../inventory/mesh";
import type { Discovery } from "../inventory/objects";
import { meshConfigCommand } from "../remediation/istioConfiguration";
import type { DoctorFinding } from "../segments";
import type { Command } from "../remediation/commands";
import { draftFor } from "./draft";

/** Findings of the checks about objects of the path, even if the probe passes. */
export function applyRules({ mesh, discovery, cluster = discovery, path, query }: Evidence): DoctorFinding[] {
    const source = toMeshSource(mesh);
    const advise = (
        segment: DoctorFinding["segment"],
        findings: Finding[],
        commands: Command[] = [],
    ): DoctorFinding[] =>
        findings.map((finding) => draftFor(segment)({ ...finding, severity: "warning", commands, values: {} }));
    // Objects of other namespaces do not affect this path.
    const concerned = [mesh.rootNamespace, ...[path.source, ...path.targets].map(({ metadata }) => metadata.namespace)];
    const objects = toManifests(discovery);
    const served = (namespace: string): string | undefined =>
        query.service?.metadata.namespace === namespace ? query.basePath : undefined;
    const telemetries = telemetriesOf(objects).filter((one) => concerned.includes(namespaceOf(one)));
    const logged = meshConfigCommand(mesh, withTraceId);
    return [
        ...advise("sidecar", checkOneTelemetry(telemetries)),
        ...advise("sidecar", skippedByAll(cluster, concerned)),
        ...advise(
            "sidecar",
            checkAccessLog(source),
            isDeepStrictEqual(withTraceId(mesh.config), mesh.config) ? [] : [logged],
        ),
        ...advise("query", checkRoutes(objects, served)),
        ...misplacedMeshRates(source).flatMap(({ keys, finding }) =>
            advise("sampling", [finding], [meshConfigCommand(mesh, (config) => withoutField(config, keys))]),
        ),
    ];
}

/** Telemetries for a revision without a control plane. */
function skippedByAll(cluster: Discovery, concerned: (string | undefined)[]): Finding[] {
    const telemetries = telemetriesOf(toManifests(cluster)).filter((one) => concerned.includes(namespaceOf(one)));
    return checkTelemetryRevision(telemetries, readMeshes(cluster).map(toMeshSource));
}

/** The same mesh configuration without the field at this path of keys. */
function withoutField<T extends object>(config: T, keys: string[]): T {
    const last = keys.at(-1) ?? "";
    const holder = keys
        .slice(0, -1)
        .reduce<object>((inner, key) => (inner as Record<string, object>)[key] ?? {}, config);
    Reflect.deleteProperty(holder, last);
    return config;
}

/** The same mesh configuration, with the ID that every provider fills in each access log format. */
function withTraceId<T>(config: T): T {
    const text = JSON.stringify(config).replace(/%REQ\(X-B3-TRACEID\)%/gi, "%TRACE_ID%");
    return JSON.parse(text) as T;
}
