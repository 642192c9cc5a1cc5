import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { SECRET, SIGNATURE, mapValue } from "../../lab/engine/values";
import { nameIn } from "../../lab/engine/urns";
import { migrate } from "../../cli/settings/migrate";
import { isPlainObject, mapAt, type PlainObject } from "../../shared/values/plainObjects";

/** Placeholder for the folder of Istio's charts. */
export const CHARTS = "{charts}";
export const STATE_FILE = "state.json";
export const CHECKPOINTS = join(__dirname, "checkpoints");

export const stackFileName = (stack: string): string => `Pulumi.${stack}.yaml`;

/** A stack as an earlier version of the program installed it. */
export interface Checkpoint {
    /** Version and commit of the program. */
    version: string;
    stack: string;
    folder: string;
}

/** All that are recorded. */
export function checkpoints(): Checkpoint[] {
    return readdirSync(CHECKPOINTS).flatMap((version) =>
        readdirSync(join(CHECKPOINTS, version)).map((stack) => ({
            ...{ version, stack, folder: join(CHECKPOINTS, version, stack) },
        })),
    );
}

/** The `config:` block of the stack file, with its settings where a user moves them. */
export function settingsIn({ folder, stack }: Checkpoint, charts: string): PlainObject {
    const text = readFileSync(join(folder, stackFileName(stack)), "utf8");
    return mapAt(parse(migrate(text.replaceAll(CHARTS, charts), stackFileName(stack)).text), "config");
}

/** A resource as `pulumi stack export` writes it, of which this is what all have. */
interface Exported extends PlainObject {
    urn: string;
    type: string;
}

/** The resources in the checkpoint, without Pulumi's default providers, which no program registers. */
function exportedResources({ folder }: Checkpoint, charts: string): Exported[] {
    const text = readFileSync(join(folder, STATE_FILE), "utf8").replaceAll(CHARTS, charts);
    const { deployment } = JSON.parse(text) as { deployment: { resources: Exported[] } };
    return deployment.resources.filter(({ urn }) => !isDefaultProvider(urn));
}

/** The charts that the Helm releases of a checkpoint were installed from: name and version. */
export function chartsIn(checkpoint: Checkpoint): { name: string; version: string }[] {
    const inputs = exportedResources(checkpoint, CHARTS).map((resource) => mapAt(resource, "inputs"));
    return inputs.flatMap(({ chart, version }) =>
        typeof chart === "string" && typeof version === "string" && chart.startsWith(`${CHARTS}/`)
            ? [{ name: chart.slice(CHARTS.length + 1), version }]
            : [],
    );
}

/** The state as the lab's engine keeps it. */
export function engineState(checkpoint: Checkpoint, charts: string): object {
    const resources = exportedResources(checkpoint, charts).map(engineResource);
    return { version: 1, project: "istio-tracing", stack: checkpoint.stack, resources, pending: [] };
}

const isDefaultProvider = (reference: string): boolean => /::pulumi:providers:[^:]+::default(_|$|:)/.test(reference);

/** One resource, with the engine's names of what the two call differently. */
function engineResource(given: Exported): object {
    const { provider, customTimeouts, importID, dependencies, inputs, outputs, parent, ...same } = given;
    const reference = typeof provider === "string" && !isDefaultProvider(provider) ? provider : undefined;
    return {
        ...same,
        name: nameIn(given.urn),
        parent: parent || undefined,
        provider: reference || undefined,
        dependencies: dependencies ?? [],
        timeouts: customTimeouts,
        importId: importID,
        inputs: plainValues(inputs ?? {}),
        outputs: plainValues(outputs ?? {}),
    };
}

/** Values without what only the CLI and the provider write there, and with secrets as they are on the wire. */
function plainValues(values: unknown): unknown {
    return mapValue(values, (part) => {
        if (!isPlainObject(part)) return undefined;
        if (typeof part["plaintext"] === "string" && SIGNATURE in part)
            return { [SIGNATURE]: SECRET, value: plainValues(JSON.parse(part["plaintext"])) };
        const own = Object.entries(part).filter(([key]) => !key.startsWith("__"));
        if (own.length === Object.keys(part).length) return undefined;
        return plainValues(Object.fromEntries(own));
    });
}
