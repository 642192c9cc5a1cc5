import { findProvider } from "../../../checks/mesh/objects";
import { isPlainObject, textAt } from "../../../shared/values/plainObjects";
import { secondsOf } from "../../../shared/values/duration";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import { configMapOf } from "../../inventory/mesh";
import { meshConfigCommand } from "../../remediation/istioConfiguration";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";
import { protocolSent } from "./protocol";

/** Where receivers take spans over HTTP. */
const PATHS = { opentelemetry: "/v1/traces", zipkin: "/api/v2/spans" } as const;
/** Less than a connection within one data center takes. */
const TOO_SHORT_SECONDS = 0.02;
const TIMEOUT = "3s";

/** A path that the collector does not have, or a time in which it cannot answer, while its pods take such spans otherwise. */
export function unfitHttp(
    evidence: Evidence,
    collector: CollectorTarget,
    values: Record<string, string>,
): DoctorFinding | undefined {
    const { mesh, receivers } = evidence;
    const { provider, kind } = collector;
    const settings = findProvider(mesh.config, provider)?.[kind];
    const takes = receivers.some(({ taken }) => taken === protocolSent(collector));
    if ((kind !== "opentelemetry" && kind !== "zipkin") || collector.grpc || !takes) return undefined;
    const keys = kind === "opentelemetry" ? ["http"] : [];
    const [path, timeout] = [textAt(settings, ...keys, "path"), textAt(settings, ...keys, "timeout")];
    const right = PATHS[kind];
    const wrongPath = path !== undefined && path !== right;
    const short = timeout !== undefined && secondsOf(timeout) < TOO_SHORT_SECONDS;
    if (!wrongPath && !short) return undefined;
    const wrong = [...(wrongPath ? [`the path ${path}`] : []), ...(short ? [`the timeout ${timeout}`] : [])];
    const change = { ...(wrongPath && { path: right }), ...(short && { timeout: TIMEOUT }) };
    const command = meshConfigCommand(mesh, (config) => {
        const found = findProvider(config, provider)?.[kind];
        const holder = kind === "opentelemetry" && isPlainObject(found) ? found["http"] : found;
        if (isPlainObject(holder)) Object.assign(holder, change);
        return config;
    });
    return draftFor("export")({
        id: "provider-http-unfit",
        resource: `provider "${provider}" of the mesh configuration ${configMapOf(mesh)}`,
        expected: `the path ${right} and a timeout in which the collector can answer, such as ${TIMEOUT}`,
        got: `${wrong.join(" and ")}; asked otherwise, its pods take what is sent`,
        cure: `Set ${Object.entries(change)
            .map((pair) => pair.join(" to "))
            .join(", and ")} in extensionProviders, where Istio's installer keeps it.`,
        commands: [command],
        values,
    });
}
