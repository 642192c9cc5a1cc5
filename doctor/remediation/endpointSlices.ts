import type { EndpointSliceObject } from "../../shared/kubernetes/objects";
import type { Evidence } from "../evidence";
import type { CollectorTarget } from "../inventory/collector";
import { fullName, isReady } from "../inventory/mesh";
import { patchCommand, type Command } from "./commands";
import { endpointsCure } from "./endpoints";

/** Where addresses stand that are to go. */
interface Written {
    slices: EndpointSliceObject[];
    /** True where the slices are copies of the Service's Endpoints object. */
    mirrored: boolean;
}

/** Takes addresses out of what stands behind the collector's Service, and lets it find its pods where none is left. */
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
    // A copy follows the original, which nobody writes by hand once the Service selects its pods.
    if (mirrored)
        return {
            cure:
                instead.length === 0
                    ? `Correct the addresses: kubectl edit endpoints ${name} -n ${namespace}`
                    : "Let the Service select the collector's pods: then Kubernetes writes their addresses in the place of those.",
            commands: instead,
        };
    const last = instead.filter(({ verb }) => verb === "awaitEndpoints");
    const names = slices.map((slice) => `EndpointSlice ${fullName(slice)}`).join(", ");
    const removal = slices.map((slice) => removeFrom(slice, dead));
    // Without another address the Service would have none at all.
    if (!found && instead.length === 0)
        return { commands: [], cure: `Write an address that answers into ${names}. ${other ?? ""}`.trim() };
    return {
        cure: `Take ${dead.join(", ")} out of ${names}.${found ? "" : " Then let the Service find the collector's pods."}`,
        commands: [...instead.filter((one) => !last.includes(one)), ...removal, ...last],
    };
}

/** Deletes a slice without another address, else takes these out of it. */
function removeFrom(slice: EndpointSliceObject, dead: string[]): Command {
    const endpoints = slice.endpoints ?? [];
    const indexes = [...endpoints.keys()].filter((index) =>
        (endpoints[index]?.addresses ?? []).every((address) => dead.includes(address)),
    );
    if (indexes.length === endpoints.length) return { verb: "delete", kind: "endpointslice", object: slice };
    // From the last to the first, since those behind a removed one move up.
    const operations = indexes
        .reverse()
        .map((index) => ({ op: "remove" as const, path: `/endpoints/${String(index)}` }));
    return patchCommand("endpointslice", slice, operations);
}
