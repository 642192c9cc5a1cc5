import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readOutputs, runEngine, type EngineEvent, type EngineResult, type Operation } from "../../lab/engine";
import { SECRET, SIGNATURE } from "../../lab/engine/values";
import { byResource, counted, isObject, secretPaths, short, sorted, tidy } from "./facts";
import type { Json, JsonObject, Plan } from "./facts";
import type { Lab, Player } from "./play";
import { targetUrn, type Situation } from "./situations";

export const PASSWORD = "pa55word-of-the-contract";

/** The program's configuration. */
export function configOf(
    lab: Lab,
    chapter: string,
    step: number,
): { plain: Record<string, string>; secret: Record<string, string> } {
    return {
        plain: { chapter, step: String(step) },
        secret: { password: PASSWORD, kubeconfig: readFileSync(lab.kubeconfig, "utf8") },
    };
}

const isSealed = (part: unknown): boolean => isObject(part) && part[SIGNATURE] === SECRET;

/** Facts of one resource in the engine's state. */
function stateFacts(given: JsonObject): JsonObject {
    const hidden = (value: Json | undefined): Json | undefined => {
        if (isSealed(value)) return "[secret]";
        if (Array.isArray(value)) return value.map((part) => hidden(part) ?? null);
        if (!isObject(value)) return value;
        return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, hidden(part)]));
    };
    const { urn, parent, provider, inputs, outputs, dependencies, propertyDependencies, timeouts, initErrors } = given;
    const deep = Object.entries(isObject(propertyDependencies) ? propertyDependencies : {});
    const limits = Object.entries(isObject(timeouts) ? timeouts : {});
    const [deletedWith, replaceWith] = [given["deletedWith"], given["replaceWith"]];
    return tidy({
        resource: short(urn as string),
        parent: typeof parent === "string" ? short(parent) : undefined,
        provider: typeof provider === "string" ? short(provider.slice(0, provider.lastIndexOf("::"))) : undefined,
        dependencies: sorted((dependencies as string[]).map(short)),
        propertyDependencies: Object.fromEntries(
            deep.map(([key, urns]) => [key, sorted((urns as string[]).map(short))]),
        ),
        ...{ custom: given["custom"], external: given["external"], delete: given["delete"] },
        ...{ protect: given["protect"], retainOnDelete: given["retainOnDelete"] },
        ...{ pendingReplacement: given["pendingReplacement"], unready: Array.isArray(initErrors) },
        deletedWith: typeof deletedWith === "string" ? short(deletedWith) : undefined,
        replaceWith: sorted(((replaceWith ?? []) as string[]).map(short)),
        replacementTrigger: given["replacementTrigger"],
        additionalSecretOutputs: sorted((given["additionalSecretOutputs"] ?? []) as string[]),
        ...{ ignoreChanges: given["ignoreChanges"], replaceOnChanges: given["replaceOnChanges"] },
        importId: given["importId"],
        timeouts: Object.fromEntries(limits),
        inputs: hidden(inputs),
        secretOutputs: sorted(secretPaths(outputs, isSealed)),
    }) as JsonObject;
}

/** The lab's engine, with the state of a chapter in a folder. */
export function enginePlayer(lab: Lab, chapter: string, folder: string): Player {
    const stateFile = join(folder, `${chapter}.json`);
    const events: EngineEvent[] = [];
    const run = (operation: Operation, { step, targets }: Situation): Promise<EngineResult> => {
        const { plain, secret } = configOf(lab, chapter, step);
        const keyed = Object.entries({ ...plain, ...secret }).map(([key, value]) => [`contract:${key}`, value]);
        return runEngine({
            ...{ operation, projectDir: __dirname, stack: chapter, stateFile },
            ...{ config: Object.fromEntries(keyed), secretKeys: Object.keys(secret).map((key) => `contract:${key}`) },
            ...{ kubeconfig: lab.kubeconfig, helm: join(lab.artifacts.binDir, "helm") },
            targets: targets?.map((end) => targetUrn(chapter, end)),
            environment: { PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
            report: (event) => events.push(event),
        });
    };
    return {
        said: () => events.flatMap((event) => (event.kind === "diagnostic" ? [event.message] : [])).join("\n"),
        plan: async (situation) => {
            return planFacts(await run("preview", situation));
        },
        run: async (situation) => {
            events.length = 0;
            const { failure, summary, steps } = await run(situation.operation, situation);
            const { resources } = JSON.parse(readFileSync(stateFile, "utf8")) as { resources: JsonObject[] };
            const began = events.flatMap((event) => (event.kind === "start" ? [event] : []));
            const replaced = began.filter(({ step }) => step === "replace").map(({ urn }) => urn);
            const at = (urn: string, step: string): number =>
                began.findIndex((event) => event.urn === urn && event.step === step);
            const both = replaced.filter((urn) => at(urn, "delete") >= 0);
            return {
                failure: failure && {
                    ...{ kind: failure.kind, step: failure.kind === "operation" ? failure.step : undefined },
                    resource: failure.urn === undefined ? undefined : short(failure.urn),
                },
                summary: counted(summary),
                steps: sorted(steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${short(urn)}`)),
                createdFirst: Object.fromEntries(
                    both.map((urn) => [short(urn), at(urn, "replace") < at(urn, "delete")]),
                ),
                outputs: tidy(readOutputs(stateFile)) as JsonObject,
                state: byName(resources.map(stateFacts)),
            };
        },
    };
}

export const byName = (state: JsonObject[]): JsonObject[] =>
    [...state].sort((a, b) => (JSON.stringify([a["resource"], a]) < JSON.stringify([b["resource"], b]) ? -1 : 1));

/** Facts of a preview. */
export function planFacts({ failed, summary, steps }: EngineResult): Plan {
    const told = steps.map(({ op, urn, inputs, dependencies, detailedDiff, replaceReasons }) => ({
        ...{ op, resource: short(urn) },
        inputs: op === "delete" ? undefined : inputs,
        dependencies: op === "delete" ? undefined : sorted(dependencies.map(short)),
        detailedDiff,
        replaceReasons: sorted(replaceReasons),
    }));
    const filled = told.map((step) => tidy(step) as unknown as Plan["steps"][number]);
    return { failed: failed !== undefined, summary: counted(summary), steps: byResource(filled) };
}
