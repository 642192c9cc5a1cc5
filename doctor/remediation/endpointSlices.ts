import type { EndpointSliceObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";
import type { CollectorTarget } from "../inventory/collector";
import { fullName, isReady } from "../inventory/mesh";
import { patchCommand, type Command } from "./commands";
import { endpointsCure } from "./endpoints";

/** The slices with the addresses to remove. */
interface Written {
    slices: EndpointSliceObject[];
    /** True if the slices are copies of the Service's Endpoints object. */
    mirrored: boolean;
}

/**
 * Removes addresses from the endpoints of the collector's Service, and makes the Service select its pods if none is
 * left.
 */
export function withoutAddresses(
    dead: string[],
    { slices, mirrored }: Written,
    evidence: Evidence,
    collector: CollectorTarget,
): { commands: Command[]; cure: string } {
    const { service, pods } = collector;
    if (service === undefined) return { commands: [], cure: "" };
    const found = pods.some(isReady) && !mirrored;
    const { commands: instead, cure: other } = found
        ? { commands: [], cure: undefined }
        : endpointsCure(evidence, collector);
    const { name, namespace = "" } = service.metadata;
    // A copy follows the original, which Kubernetes maintains after the Service selects its pods.
    if (mirrored)
        return {
            cure:
                instead.length === 0
                    ? `Correct the addresses: kubectl edit endpoints ${name} -n ${namespace}`
                    : "Make the Service select the collector's pods, so that Kubernetes replaces those addresses with theirs.",
            commands: instead,
        };
    const last = instead.filter(({ verb }) => verb === "awaitEndpoints");
    const names = slices.map((slice) => `EndpointSlice ${fullName(slice)}`).join(", ");
    const removal = slices.map((slice) => removeFrom(slice, dead));
    // Without another address, the Service would have none.
    if (!found && instead.length === 0)
        return { commands: [], cure: `Write an address that answers to ${names}. ${other ?? ""}`.trim() };
    return {
        cure: `Remove ${dead.join(", ")} from ${names}.${found ? "" : " Then make the Service select the collector's pods."}`,
        commands: [...instead.filter((one) => !last.includes(one)), ...removal, ...last],
    };
}

/** Deletes a slice without other addresses, otherwise removes these addresses from it. */
function removeFrom(slice: EndpointSliceObject, dead: string[]): Command {
    const endpoints = slice.endpoints ?? [];
    const indexes = [...endpoints.keys()].filter((index) =>
        (endpoints[index]?.addresses ?? []).every((address) => dead.includes(address)),
    );
    if (indexes.length === endpoints.length) return { verb: "delete", kind: "endpointslice", object: slice };
    // From the last to the first, because a removal shifts the following items.
    const operations = indexes
        .reverse()
        .map((index) => ({ op: "remove" as const, path: `/endpoints/${String(index)}` }));
    return patchCommand("endpointslice", slice, operations);
}
