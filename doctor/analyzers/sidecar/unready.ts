import { lacksRedirection } from "../../../checks/workload/redirection";
import { itemsOf } from "../../../shared/cluster/facts";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { UserError } from "../../../shared/terminal/errors";
import type { Access } from "../../connection/access";
import type { RefusedListener } from "../../evidence/envoyConfig";
import { readRefused } from "../../evidence/sidecar";
import { findCollector, samplingOfPod } from "../../inventory/collector";
import { fullName, isReady, meshOf, readMeshes, sidecarOf, type Mesh } from "../../inventory/mesh";
import type { Discovery } from "../../inventory/objects";
import { asReadBy } from "../../inventory/revision";
import { workloadOf } from "../../inventory/workload";
import { formatCommand } from "../../remediation/commands";
import type { PathOptions } from "../../probe/path";
import { clusterMissing } from "../export/visibility";
import { draftFor } from "../draft";
import { filtersRefused } from "./envoyFilters";
import { explainRedirection } from "./redirection";
import { textRefused } from "./refusedTexts";

/** The maximum number of pods to query. */
const PODS = 3;

/**
 * Why no pod can send a probe: sidecars that reject their configuration do not become ready, and neither do their pods;
 * pods whose traffic nothing redirects do not start. Undefined if neither is the case.
 */
export async function sidecarsNotReady(
    access: Access,
    { from, namespace }: PathOptions,
    discovery: Discovery,
): Promise<UserError | undefined> {
    const name = from?.split("/").at(-1);
    const injected = itemsOf(discovery.pods)
        .filter(
            (pod) =>
                sidecarOf(pod) !== undefined &&
                (pod.metadata.namespace ?? "") === (namespace ?? pod.metadata.namespace),
        )
        .filter((pod) => name === undefined || workloadOf(pod) === name || pod.metadata.name === name);
    // A sidecar in an init container keeps its pod pending.
    const unready = injected.filter((pod) => !isReady(pod) && ["Pending", "Running"].includes(pod.status?.phase ?? ""));
    const hanging = unready.find(lacksRedirection);
    if (hanging !== undefined) return hangs(hanging, discovery);
    for (const pod of unready.slice(0, PODS)) {
        const refused = await readRefused(access, pod);
        const mesh = meshOf(readMeshes(discovery), pod);
        if ("failure" in refused || refused.value[0] === undefined || mesh === undefined) continue;
        return explain(pod, refused.value[0], mesh, asReadBy(mesh.revision, discovery));
    }
    return undefined;
}

function hangs(pod: PodObject, discovery: Discovery): UserError {
    const { got, cure } = explainRedirection(pod, discovery);
    return new UserError(
        `expected a ready pod of the mesh that can send a probe, got: Pod ${fullName(pod)} hangs in Init:CrashLoopBackOff, because ` +
            `its init container istio-validation finds that nothing redirects its traffic: ${got}. Next: ${cure}`,
        2,
    );
}

function explain(pod: PodObject, refused: RefusedListener, mesh: Mesh, discovery: Discovery): UserError {
    const { provider } = samplingOfPod(pod, mesh, discovery).client;
    const collector = findCollector(provider, mesh, discovery);
    const evidence = { mesh, discovery };
    const missing =
        collector !== undefined && refused.clusters.includes(collector.cluster)
            ? clusterMissing({ pod, cluster: collector.cluster }, evidence, collector, {})
            : undefined;
    const text = missing === undefined ? textRefused(pod, refused, evidence) : undefined;
    const known = missing ?? (text && draftFor("sidecar")({ ...text, values: {} }));
    const filters = known === undefined ? filtersRefused(pod, refused, evidence) : [];
    const cause =
        known !== undefined
            ? ` ${known.resource}: ${known.got}.`
            : filters.length > 0
              ? ` These objects patch it: ${filters.join(", ")}.`
              : "";
    const next =
        known !== undefined
            ? [known.cure, known.steps.map((step) => formatCommand(step)).join("; ")].filter(Boolean).join(" ")
            : filters.length > 0
              ? `correct or remove that patch.`
              : "find the last change among the mesh configuration, Telemetry, EnvoyFilter and WasmPlugin objects, " +
                "and undo it.";
    return new UserError(
        `expected a ready pod of the mesh that can send a probe, got: the sidecar of Pod ${fullName(pod)} rejects its ` +
            `configuration (${refused.details}), so the pod does not become ready.${cause} Next: ${next}`,
        2,
    );
}
