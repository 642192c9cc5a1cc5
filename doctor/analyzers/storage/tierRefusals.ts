import { parseQuantity } from "../../../shared/kubernetes/quantities";
import { grownBy, type TierEvidence } from "../../evidence/tiers";
import { kindOf, nameOfFile, pipelinesOf, type CollectorFile } from "../../inventory/collectorPipelines";
import { editFile } from "../../remediation/collectorFile";
import { nameOf, numberIn, type Cause } from "./tierParts";

const MIB = 2 ** 20;
/** A limiter that leaves more than this part of the container's memory unused refuses spans without need. */
const LEAST_SHARE = 0.5;
const USUAL = { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 20 };

/** A tier that refuses spans, with the memory_limiter that does so before the memory is used. */
export function refusing(tier: TierEvidence): Cause[] {
    const refused = grownBy(tier, "refused");
    if (refused === 0) return [];
    const fault = {
        ...{ id: "tier-refuses", resource: nameOf(tier), expected: "a tier that accepts every span" },
        got: `${String(refused)} refused and ${String(grownBy(tier, "accepted"))} accepted spans`,
    };
    const low = tier.files.flatMap((file) => lowLimiter(file, containerMemory(tier)))[0];
    if (low === undefined)
        return [
            {
                ...fault,
                cure:
                    "Its memory_limiter leaves too little room. Give it more memory or more replicas, or lower " +
                    "decision_wait. Stack settings: resources.sampler, collectorTier.samplers, " +
                    "collectorTier.decisionWaitSeconds.",
            },
        ];
    const keys = ["processors", low.name];
    return [
        {
            ...fault,
            got: `${fault.got}; ${keys.join(".")} of ${nameOfFile(low.file)} has ${low.says}`,
            cure: `Make ${keys.join(".")} use ${String(USUAL.limit_percentage)} % of the container's memory.`,
            commands: editFile(low.file, [{ keys, value: USUAL }], tier.pods),
        },
    ];
}

/** Memory limit of a tier's containers, in bytes. */
function containerMemory({ pods }: TierEvidence): number | undefined {
    const limit = pods[0]?.spec?.containers?.[0]?.resources?.limits?.["memory"];
    return limit === undefined ? undefined : parseQuantity(String(limit));
}

function lowLimiter(
    file: CollectorFile,
    memoryBytes: number | undefined,
): { file: CollectorFile; name: string; says: string }[] {
    const names = new Set(pipelinesOf(file.config).flatMap(({ processors }) => processors));
    return [...names]
        .filter((name) => kindOf(name) === "memory_limiter")
        .flatMap((name) => {
            const mib = numberIn(file, "processors", name, "limit_mib") ?? 0;
            const percent = numberIn(file, "processors", name, "limit_percentage") ?? 0;
            const says = mib > 0 ? `limit_mib ${String(mib)}` : `limit_percentage ${String(percent)}`;
            const share = mib === 0 ? percent / 100 : memoryBytes === undefined ? 1 : (mib * MIB) / memoryBytes;
            const of =
                memoryBytes === undefined ? "" : ` of the container's ${String(Math.round(memoryBytes / MIB))} MiB`;
            return share < LEAST_SHARE ? [{ file, name, says: `${says}${of}` }] : [];
        });
}
