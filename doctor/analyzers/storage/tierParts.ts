import { at, listAt } from "../../../shared/values/plainObjects";
import type { TierEvidence } from "../../evidence/tiers";
import { kindOf, pipelinesOf, type CollectorFile } from "../../inventory/collectorPipelines";
import { fullName } from "../../inventory/mesh";
import type { Draft } from "../draft";

/** A fault of a tier, without the evidence. */
export type Cause = Omit<Draft, "values">;

/** A tail_sampling processor of a tier. */
export interface Sampler {
    file: CollectorFile;
    name: string;
    policies: Record<string, unknown>[];
}

/** The tail_sampling processors in a tier's traces pipelines. */
export function samplersIn({ files }: Pick<TierEvidence, "files">): Sampler[] {
    return files.flatMap((file) => {
        const names = pipelinesOf(file.config).flatMap(({ processors }) => processors);
        return [...new Set(names)]
            .filter((name) => kindOf(name) === "tail_sampling")
            .map((name) => ({
                ...{ file, name },
                policies: listAt(file.config, "processors", name, "policies"),
            }));
    });
}

/** Exporters of some kinds in a tier's traces pipelines, with their files. */
export function exportersIn(
    { files }: Pick<TierEvidence, "files">,
    kinds: readonly string[],
): { file: CollectorFile; name: string }[] {
    return files.flatMap((file) => {
        const names = new Set(pipelinesOf(file.config).flatMap(({ exporters }) => exporters));
        return [...names].filter((name) => kinds.includes(kindOf(name))).map((name) => ({ file, name }));
    });
}

/** A number of a configuration; undefined if there is none. */
export function numberIn({ config }: CollectorFile, ...path: string[]): number | undefined {
    const value = at(config, ...path);
    return typeof value === "number" ? value : undefined;
}

/** Name of a tier for people. */
export function nameOf({ service }: Pick<TierEvidence, "service">): string {
    return service === undefined ? "collector" : `Service ${fullName(service)}`;
}
