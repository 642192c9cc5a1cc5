import { parse, stringify } from "yaml";
import type { DoctorOptions } from "../../../doctor";
import type { DoctorFinding } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";
import { examine } from "../doctor/examine";
import { eventually, kubectl } from "./sharedLab";

const SYSTEM = "istio-system";

/** A Collector's configuration, as far as tests change it. */
export interface TierConfig {
    processors: Record<string, Record<string, unknown> & { policies: { name: string }[] }>;
    exporters: Record<string, Record<string, unknown>>;
    service: { pipelines: { traces: { processors: string[] } } };
}

/** Replaces the pods of a workload, and waits for the new ones where they are to become ready. */
function restart(lab: Cluster, workload: string, starts: boolean): void {
    kubectl(lab, "rollout", "restart", workload, "-n", SYSTEM);
    if (starts) kubectl(lab, "rollout", "status", workload, "-n", SYSTEM, "--timeout=180s");
}

/**
 * Changes the configuration of a part of the tier and starts it anew; answers what puts it back.
 *
 * @param starts whether pods with the change become ready.
 */
export function changeTier(
    lab: Cluster,
    workload: string,
    edit: (config: TierConfig) => void,
    starts = true,
): () => void {
    const volumes = "jsonpath={.spec.template.spec.volumes[?(@.configMap)].configMap.name}";
    const name = kubectl(lab, "get", workload, "-n", SYSTEM, "-o", volumes).trim();
    const text = kubectl(lab, "get", "configmap", name, "-n", SYSTEM, "-o", "jsonpath={.data.config\\.yaml}");
    const write = (content: string): void => {
        const patch = JSON.stringify({ data: { "config.yaml": content } });
        kubectl(lab, "patch", "configmap", name, "-n", SYSTEM, "--type=merge", "-p", patch);
        restart(lab, workload, starts);
    };
    const config = parse(text) as TierConfig;
    edit(config);
    write(stringify(config));
    return () => {
        write(text);
    };
}

/** The doctor's finding, once it has it. */
export function foundInTier(lab: Cluster, id: string, options: Partial<DoctorOptions> = {}): Promise<DoctorFinding> {
    return eventually(150, async () => {
        const { findings } = await examine(lab, options);
        const all = findings.map((one) => `${one.id} ${one.got}`).join("; ");
        return findings.find((finding) => finding.id === id) ?? `found ${all}`;
    });
}

/** Waits until the doctor finds nothing. */
export function tierHeals(lab: Cluster, options: Partial<DoctorOptions> = {}): Promise<true> {
    return eventually(180, async () => {
        const { findings, healthy } = await examine(lab, options);
        return healthy && findings.length === 0 ? true : findings.map((one) => `${one.id} ${one.got}`).join("; ");
    });
}
