import { findProvider } from "../../../checks/mesh/objects";
import { decidingBlock } from "../../../checks/telemetry/appliedBlocks";
import { textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import { findCollector, sourcesOf, type CollectorTarget } from "../../inventory/collector";
import { configMapOf, fullName, type Mesh } from "../../inventory/mesh";
import { patchCommand } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

/** Trace context headers of a provider's sidecars. */
type Context = "traceparent" | "b3" | "both" | "its own";

/** Sides of the path whose providers cannot create one trace, because of different headers or collectors. */
export function mixedProviders(evidence: Evidence, values: Record<string, string>): DoctorFinding | undefined {
    const { sampling, mesh, discovery, path } = evidence;
    const [pod] = path.targets;
    const [first, second] = [sampling.source.client, sampling.target?.server];
    if (pod === undefined || second === undefined || !first.reporting || !second.reporting) return undefined;
    const [from, to] = [first.provider, second.provider].map((name) => findCollector(name, mesh, discovery));
    if (from === undefined || to === undefined || from.provider === to.provider) return undefined;
    const [sent, read] = [contextOf(from, mesh), contextOf(to, mesh)];
    const readable = sent === read || [sent, read].includes("both");
    const elsewhere = from.host !== to.host;
    if (readable && !elsewhere) return undefined;
    const block = decidingBlock(sourcesOf(pod, mesh, discovery), "SERVER", "providers");
    const place = `/spec/tracing/${String(block?.index ?? 0)}/providers/0/name`;
    return draftFor("propagation")({
        id: "providers-differ",
        resource:
            block === undefined
                ? `defaultProviders of ConfigMap ${configMapOf(mesh)}`
                : `Telemetry ${fullName(block.of)}`,
        expected: `one provider on the whole path, such as "${from.provider}" of Pod ${fullName(path.source)}`,
        got:
            `"${to.provider}" for Pod ${fullName(pod)}: ` +
            (readable
                ? `it reports to ${to.host}, but the source to ${from.host}`
                : `its sidecar reads ${read}, but the source's sidecar writes ${sent}, so it starts its own trace`),
        cure: "Name the same provider for both sides. Another namespace can still have its own rate and tags.",
        commands:
            block === undefined
                ? []
                : [patchCommand("telemetry", block.of, [{ op: "replace", path: place, value: from.provider }])],
        values,
    });
}

/** https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-ExtensionProvider-ZipkinTracingProvider */
function contextOf({ provider, kind }: CollectorTarget, { config }: Mesh): Context {
    if (kind === "opentelemetry") return "traceparent";
    if (kind !== "zipkin") return "its own";
    const option = textAt(findProvider(config, provider), "zipkin", "traceContextOption");
    return option === "USE_B3_WITH_W3C_PROPAGATION" ? "both" : "b3";
}
