import { resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { at, listAt, mapAt, show } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import type { MeshConfigSource } from "../mesh/configurationSource";

/** A rate in any place of an object. */
interface StatedRate {
    resource: string;
    value: unknown;
    /** How to lower it to a limit. */
    cure: (maxPercent: string) => string;
}

/** Reports a rate above the limit of an environment, in any setting. */
export function checkSamplingCap(telemetries: Manifest[], meshes: MeshConfigSource[], maxPercent: number): Finding[] {
    return [...telemetryRates(telemetries), ...meshRates(meshes)]
        .filter(({ value }) => Number(value) > maxPercent)
        .map(({ resource, value, cure }) => ({
            id: "sampling-cap",
            severity: "error",
            resource,
            expected: `at most ${String(maxPercent)} percent of new traces`,
            got: `${String(value)} percent`,
            cure: cure(String(maxPercent)),
        }));
}

function telemetryRates(telemetries: Manifest[]): StatedRate[] {
    return telemetries.flatMap((telemetry) =>
        listAt(telemetry, "spec", "tracing")
            .filter((block) => block["disableSpanReporting"] !== true)
            .map((block) => ({
                resource: resourceName(telemetry),
                value: block["randomSamplingPercentage"],
                cure: (max) => `Lower samplingPercent (randomSamplingPercentage of the Telemetry) to ${max} or less.`,
            })),
    );
}

function meshRates(meshes: MeshConfigSource[]): StatedRate[] {
    return meshes.map(({ resource, config }) => ({
        ...{ resource: `${resource} defaultConfig.tracing.sampling` },
        value: at(config, "defaultConfig", "tracing", "sampling"),
        cure: (max) => `Remove it, and set randomSamplingPercentage of a Telemetry to ${max} or less.`,
    }));
}

/** Fields of a Telemetry's tracing block that decide how many traces are recorded. */
const RATE_FIELDS = ["randomSamplingPercentage", "useRequestIdForTraceSampling"];

/**
 * Reports a sampling rate in a field that Istio does not read, or one that is not a percentage. Istio silently drops
 * unknown fields and keeps its default of 1 percent.
 */
export function checkSamplingPlaced(telemetry: Manifest): Finding[] {
    const resource = resourceName(telemetry);
    const blocks = listAt(telemetry, "spec", "tracing");
    const nowhere = [
        ...ratesIn(mapAt(telemetry, "spec"), "spec", []),
        ...blocks.flatMap((block) => ratesIn(block, "spec.tracing[]", RATE_FIELDS)),
        ...blocks.flatMap((block) =>
            listAt(block, "providers").flatMap((provider) => ratesIn(provider, "spec.tracing[].providers[]", [])),
        ),
    ].map((place) => misplaced(resource, place, "spec.tracing[].randomSamplingPercentage, next to providers"));
    const wrong = blocks
        .map((block) => block["randomSamplingPercentage"])
        .filter((rate) => rate != null && !(typeof rate === "number" && rate >= 0 && rate <= 100))
        .map((rate) => ({
            ...{ id: "sampling-placed", severity: "error" as const, resource, got: show(rate) },
            ...{ expected: "a number from 0 to 100", cure: "Write the percentage as a number, without quotes." },
        }));
    return [...nowhere, ...wrong];
}

/** Reports a sampling rate in a mesh configuration outside the fields that Istio reads. */
export function checkMeshSamplingPlaced(mesh: MeshConfigSource): Finding[] {
    return misplacedMeshRates(mesh).map(({ finding }) => finding);
}

/** The findings of {@link checkMeshSamplingPlaced}, each with its path of keys in the mesh configuration. */
export function misplacedMeshRates({
    resource,
    config,
}: Pick<MeshConfigSource, "resource" | "config">): { keys: string[]; finding: Finding }[] {
    const cure = "randomSamplingPercentage of a Telemetry in the root namespace";
    return [[], ["defaultConfig"]].flatMap((holder) =>
        ratesIn(mapAt(config, ...holder), ["meshConfig", ...holder].join("."), []).map((rate) => ({
            keys: [...holder, rate.key],
            finding: misplaced(resource, rate, cure),
        })),
    );
}

/** A rate in a field that Istio does not read. */
interface MisplacedRate {
    key: string;
    /** The path to it, with its key at the end. */
    path: string;
    value: unknown;
}

function ratesIn(map: Manifest, path: string, right: string[]): MisplacedRate[] {
    return Object.entries(map)
        .filter(([key]) => /sampl/i.test(key) && !right.includes(key))
        .map(([key, value]) => ({ key, path: `${path}.${key}`, value }));
}

function misplaced(resource: string, { path, value }: MisplacedRate, right: string): Finding {
    return {
        id: "sampling-placed",
        severity: "error",
        resource,
        expected: `the sampling rate as ${right}`,
        got: `${path}: ${show(value)}, which Istio drops silently`,
        cure: `Move it to ${right}.`,
    };
}
