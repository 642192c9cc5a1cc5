import { parseQuantity } from "../../../shared/kubernetes/quantities";
import type { ContainerObject } from "../../../shared/kubernetes/objects";
import { SIDECAR_CONTAINER } from "../../../shared/names/istio";
import { mapAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { CollectorTarget } from "../../inventory/collector";
import {
    collectorFilesOf,
    kindOf,
    nameOfFile,
    pipelinesOf,
    type CollectorFile,
} from "../../inventory/collectorPipelines";
import { memoryCommands } from "../../inventory/workload";
import { editFile, type Edit } from "../../remediation/collectorFile";
import { collectorWorkload } from "../../remediation/containerSetting";
import type { Draft } from "../draft";

/** A memory_limiter of a traces pipeline. It refuses spans if more memory is used than the limit minus the spike. */
interface Limiter {
    file: CollectorFile;
    keys: string[];
    /** The setting with the limit. `limit_mib` takes precedence. */
    unit: "mib" | "percentage";
    limit: number;
    /** Undefined for the default, a fifth of the limit. */
    spike: number | undefined;
}

/** The container in which the collector runs, and its memory limit in MiB. */
interface Home {
    container: ContainerObject;
    memoryMiB: number;
}

/**
 * Shares of the container's memory. The collector's own documentation recommends limits of about 80 percent:
 * https://github.com/open-telemetry/opentelemetry-collector/tree/main/processor/memorylimiterprocessor
 */
const RIGHT = 0.8;
const NEAR = 0.7;
const SPIKE = 0.2;
/** If the spike leaves less than this share of the limit, it is the reason. */
const LEFT = 0.6;
/** For a container without a limit. */
const USUAL_MIB = 512;
const MIB = 2 ** 20;

/** The memory_limiter that refuses spans, and what to raise: its own limit, or the memory of the container. */
export function whyShortOfMemory(
    evidence: Evidence,
    collector: CollectorTarget,
): Pick<Draft, "resource" | "got" | "cure" | "commands"> | undefined {
    const limiter = limiterOf(evidence);
    if (limiter === undefined) return undefined;
    const { file, keys, unit, limit, spike = limit * SPIKE } = limiter;
    const home = homeOf(collector);
    const [limitKey, spikeKey] = [`limit_${unit}`, `spike_limit_${unit}`];
    const name = [...keys, limitKey].join(".");
    const tooMuchSpike = (limit - spike) / limit < LEFT;
    const got =
        `${name} of ${nameOfFile(file)} is ${String(limit)}` +
        (tooMuchSpike ? `, of which ${spikeKey} ${String(spike)} must stay free` : "") +
        (home === undefined ? "" : `, and its container ${home.container.name} may use ${String(home.memoryMiB)} MiB`);
    const most = greatest(limiter, home);
    const small = limit < (most * NEAR) / RIGHT;
    const raised = small ? most : limit;
    const edits: Edit[] = [
        ...(small ? [{ keys: [...keys, limitKey], value: raised }] : []),
        ...(tooMuchSpike ? [{ keys: [...keys, spikeKey], value: Math.ceil(raised * SPIKE) }] : []),
    ];
    const shown = edits.map((edit) => `${edit.keys.join(".")} to ${String(edit.value)}`).join(", and ");
    if (edits.length > 0) {
        return {
            resource: nameOfFile(file),
            got,
            cure:
                `Set ${shown} (in a Jaeger of this program, by the stack setting jaeger.config). More memory only ` +
                "for the container does not help.",
            commands: editFile(file, edits, collector.pods),
        };
    }
    return { resource: nameOfFile(file), got, ...withMoreMemory(limiter, home, collector, evidence) };
}

function limiterOf(evidence: Evidence): Limiter | undefined {
    return collectorFilesOf(evidence).flatMap((file) =>
        pipelinesOf(file.config)
            .flatMap(({ processors }) => processors)
            .filter((name) => kindOf(name) === "memory_limiter")
            .flatMap((name): Limiter[] => {
                const keys = ["processors", name];
                const settings = mapAt(file.config, ...keys);
                const numberOf = (key: string): number | undefined => {
                    const value = settings[key];
                    return typeof value === "number" && value > 0 ? value : undefined;
                };
                const fixed = numberOf("limit_mib");
                const unit = fixed === undefined ? "percentage" : "mib";
                const limit = fixed ?? numberOf("limit_percentage");
                return limit === undefined ? [] : [{ file, keys, unit, limit, spike: numberOf(`spike_limit_${unit}`) }];
            }),
    )[0];
}

/** The container of the collector: the only one, or the one with the most memory. */
function homeOf({ pods: [pod] }: CollectorTarget): Home | undefined {
    return (pod?.spec?.containers ?? [])
        .filter(({ name }) => name !== SIDECAR_CONTAINER)
        .flatMap((container) => {
            const bytes = parseQuantity(String(container.resources?.limits?.["memory"] ?? ""));
            return bytes === undefined ? [] : [{ container, memoryMiB: Math.floor(bytes / MIB) }];
        })
        .sort((left, right) => right.memoryMiB - left.memoryMiB)[0];
}

/** The greatest limit that leaves the container some memory. */
function greatest({ unit, limit }: Limiter, home: Home | undefined): number {
    if (unit === "percentage") return RIGHT * 100;
    return home === undefined ? Math.max(USUAL_MIB, 2 * limit) : Math.floor(home.memoryMiB * RIGHT);
}

/** The limit is already near the container's memory, so that both have to grow. */
function withMoreMemory(
    { file, keys, unit }: Limiter,
    home: Home | undefined,
    { pods }: CollectorTarget,
    evidence: Evidence,
): Pick<Draft, "cure" | "commands"> {
    const [pod] = pods;
    const limits = "Stack settings: resources.jaeger, and samplingPercent to record less.";
    if (home === undefined || pod === undefined)
        return { cure: `The node is short of memory. Run the collector on a larger one, or record less. ${limits}` };
    const memoryMiB = 2 * home.memoryMiB;
    const edits: Edit[] =
        unit === "mib" ? [{ keys: [...keys, "limit_mib"], value: Math.floor(memoryMiB * RIGHT) }] : [];
    const [edited] = edits.length === 0 ? [] : editFile(file, edits, pods);
    const raise = memoryCommands(pod, home.container.name, memoryMiB, collectorWorkload(evidence));
    const also = edits.map((edit) => `, and ${edit.keys.join(".")} to ${String(edit.value)}`).join("");
    return {
        cure: `Raise the memory limit of the container ${home.container.name} to ${String(memoryMiB)} MiB${also}. ${limits}`,
        commands:
            raise.length === 0 || (edits.length > 0 && edited === undefined)
                ? []
                : [...(edited === undefined ? [] : [edited]), ...raise],
    };
}
