import type { Finding } from "../../../checks/finding";
import { findProvider } from "../../../checks/mesh/objects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { meshConfigCommand } from "../../remediation/istioConfiguration";
import type { DoctorFinding, SegmentName } from "../../segments";
import { draftFor } from "../draft";

/**
 * OTLP over HTTP without a path, which the collector's answers show, or without a timeout, which Envoy's rejections
 * show.
 */
export function httpIncomplete(
    segment: SegmentName,
    rule: Finding,
    { mesh }: Evidence,
    { provider, kind }: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding {
    const command = meshConfigCommand(mesh, (config) => {
        const settings = findProvider(config, provider)?.[kind] as
            | { http?: { path?: string; timeout?: string } }
            | undefined;
        // Vendors' collectors can have other paths.
        const path = settings?.http?.path?.startsWith("/") === true ? settings.http.path : "/v1/traces";
        if (settings !== undefined) settings.http = { timeout: "3s", ...settings.http, path };
        return config;
    });
    return draftFor(segment)({ ...rule, severity: "error", commands: [command], values });
}
