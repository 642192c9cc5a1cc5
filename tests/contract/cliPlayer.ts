import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { byResource, counted, isObject, secretPaths, short, sorted, tidy } from "./facts";
import type { Json, JsonObject, Plan, Result } from "./facts";
import { byName, configOf } from "./enginePlayer";
import type { Lab, Player } from "./play";
import { targetUrn, type Situation } from "./situations";

/** Marks a secret in what the CLI writes. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const isSealed = (part: unknown): boolean =>
    isObject(part) && typeof part[SIGNATURE] === "string" && ("ciphertext" in part || "plaintext" in part);

interface State extends JsonObject {
    urn: string;
    type: string;
}
interface Preview {
    steps?: {
        op: string;
        urn: string;
        newState?: State;
        oldState?: State;
        detailedDiff?: Record<string, { kind: string }>;
        replaceReasons?: string[];
    }[];
    changeSummary?: Record<string, number>;
}
/** A line of the event log. */
interface Event {
    resourcePreEvent?: { metadata: Metadata };
    resOutputsEvent?: { metadata: Metadata };
    resOpFailedEvent?: { metadata: Metadata };
    diagnosticEvent?: { urn?: string; severity: string; message: string };
    summaryEvent?: { resourceChanges?: Record<string, number> };
}
type Metadata = { op: string; urn: string; type: string; logical?: boolean };

/** Operations that are no steps of their own to people. */
const PARTS = ["create-replacement", "delete-replaced", "remove-pending-replace", "refresh"];

/** A provider that the program does not speak of. */
const isDefault = (urn: string): boolean => /::pulumi:providers:[^:]+::default(_|$)/.test(urn);
const providerOf = (reference: Json | undefined): string | undefined =>
    typeof reference !== "string" || reference === "" || isDefault(reference)
        ? undefined
        : short(reference.slice(0, reference.lastIndexOf("::")));

/** Inputs without what only the CLI writes there. */
function plainInputs(value: Json | undefined): Json | undefined {
    if (isSealed(value)) return "[secret]";
    if (Array.isArray(value)) return value.map((part) => plainInputs(part) ?? null);
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([key]) => key !== "__defaults" && key !== "__internal");
    return Object.fromEntries(kept.map(([key, part]) => [key, plainInputs(part)]));
}

function stateFacts(given: State): JsonObject {
    const deep = Object.entries(isObject(given["propertyDependencies"]) ? given["propertyDependencies"] : {});
    const limits = Object.entries(isObject(given["customTimeouts"]) ? given["customTimeouts"] : {});
    const urns = (key: string): string[] => sorted(((given[key] ?? []) as string[]).map(short));
    const { parent, deletedWith } = given;
    return tidy({
        resource: short(given.urn),
        parent: typeof parent === "string" ? short(parent) : undefined,
        provider: providerOf(given["provider"]),
        dependencies: urns("dependencies"),
        propertyDependencies: Object.fromEntries(
            deep.map(([key, list]) => [key, sorted(((list ?? []) as string[]).map(short))]),
        ),
        ...{ custom: given["custom"], external: given["external"], delete: given["delete"] },
        ...{ protect: given["protect"], retainOnDelete: given["retainOnDelete"] },
        ...{ pendingReplacement: given["pendingReplacement"], unready: Array.isArray(given["initErrors"]) },
        deletedWith: typeof deletedWith === "string" ? short(deletedWith) : undefined,
        replaceWith: urns("replaceWith"),
        replacementTrigger: given["replacementTrigger"],
        additionalSecretOutputs: sorted((given["additionalSecretOutputs"] ?? []) as string[]),
        ...{ ignoreChanges: given["ignoreChanges"], replaceOnChanges: given["replaceOnChanges"] },
        importId: given["importID"],
        timeouts: Object.fromEntries(limits),
        inputs: plainInputs(given["inputs"]),
        secretOutputs: sorted(secretPaths(given["outputs"], isSealed)),
    }) as JsonObject;
}

export interface RealPulumi {
    cli: string;
    environment: NodeJS.ProcessEnv;
}

/** The real CLI, with a project in a folder of its own. */
export function cliPlayer(real: RealPulumi, lab: Lab, chapter: string, project: string): Player {
    const log = join(project, "events.log");
    const pulumi = (args: string[], input?: string): { status: number; stdout: string } => {
        const env = { ...real.environment, KUBECONFIG: lab.kubeconfig, PULUMI_NODEJS_TRANSPILE_ONLY: "true" };
        const all = [...args, "--stack", chapter, "--non-interactive", "--color", "never"];
        const { status, stdout, stderr } = spawnSync(real.cli, all, {
            cwd: project,
            env,
            input,
            encoding: "utf8",
            maxBuffer: 2 ** 28,
        });
        if (process.env["CONTRACT_VERBOSE"] === "1")
            process.stderr.write(`${all.join(" ")}\n${stdout.slice(0, 6000)}${stderr}\n`);
        if (status === null) throw new Error(`pulumi ${args.join(" ")} did not end by itself`);
        return { status, stdout: stdout || stderr };
    };
    const must = (args: string[], input?: string): string => {
        const { status, stdout } = pulumi(args, input);
        if (status !== 0) throw new Error(`pulumi ${args.join(" ")} failed: ${stdout}`);
        return stdout;
    };
    let said = "";
    const settings = join(project, `Pulumi.${chapter}.yaml`);
    const configure = ({ step }: Situation): void => {
        const { plain } = configOf(lab, chapter, step);
        const { config, ...rest } = parse(readFileSync(settings, "utf8")) as { config: JsonObject };
        const keyed = Object.entries(plain).map(([key, value]) => [`contract:${key}`, value]);
        writeFileSync(settings, stringify({ ...rest, config: { ...config, ...Object.fromEntries(keyed) } }));
    };
    const targeted = ({ targets }: Situation): string[] =>
        (targets ?? []).flatMap((end) => ["--target", targetUrn(chapter, end)]);
    must(["stack", "init"]);
    const { secret } = configOf(lab, chapter, 0);
    for (const [key, value] of Object.entries(secret)) must(["config", "set", "--secret", key], value);
    return {
        said: () => said,
        plan: async (situation) => {
            configure(situation);
            const { status, stdout } = pulumi(["preview", "--json", "--show-sames", ...targeted(situation)]);
            return Promise.resolve(planFacts(status !== 0, JSON.parse(stdout) as Preview));
        },
        run: async (situation) => {
            configure(situation);
            rmSync(log, { force: true });
            const args = ["--yes", "--skip-preview", "--suppress-progress", "--event-log", log, ...targeted(situation)];
            const { status, stdout } = pulumi([situation.operation, ...args]);
            said = stdout;
            const lines = existsSync(log)
                ? readFileSync(log, "utf8")
                      .split("\n")
                      .filter((line) => line !== "")
                : [];
            const exported = JSON.parse(must(["stack", "export"])) as { deployment: { resources?: State[] } };
            const resources = (exported.deployment.resources ?? []).filter(({ urn }) => !isDefault(urn));
            const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
            const outputs = plainInputs(stack?.["outputs"] ?? {}) as JsonObject;
            const events = lines.map((line) => JSON.parse(line) as Event);
            return Promise.resolve({
                exitCode: status,
                ...resultFacts(events),
                outputs: tidy(outputs) as JsonObject,
                state: byName(resources.map(stateFacts)),
            });
        },
    };
}

function planFacts(failed: boolean, preview: Preview): Plan {
    const shown = (preview.steps ?? []).filter(({ urn }) => !isDefault(urn));
    const steps = shown.map(({ op, urn, newState, detailedDiff, replaceReasons }) => {
        const diff = Object.entries(detailedDiff ?? {}).map(([key, { kind }]) => [key, kind]);
        return {
            ...{ op, resource: short(urn) },
            inputs: op === "delete" ? undefined : plainInputs(newState?.["inputs"]),
            dependencies:
                op === "delete" ? undefined : sorted(((newState?.["dependencies"] ?? []) as string[]).map(short)),
            detailedDiff: Object.fromEntries(diff),
            replaceReasons: sorted(replaceReasons),
        };
    });
    const told = steps.map((step) => tidy(step) as unknown as Plan["steps"][number]);
    return { failed, summary: counted(preview.changeSummary ?? {}), steps: byResource(told) };
}

/** What the events of an operation say, that is the same in each run. */
function resultFacts(events: Event[]): Pick<Result, "failure" | "summary" | "steps" | "createdFirst"> {
    const begun = events.flatMap(({ resourcePreEvent }) => (resourcePreEvent ? [resourcePreEvent.metadata] : []));
    const told = begun.filter(({ urn, op }) => !isDefault(urn) && op !== "same");
    const at = (urn: string, op: string): number => told.findIndex((event) => event.urn === urn && event.op === op);
    const replaced = sorted(told.filter(({ op }) => op === "create-replacement").map(({ urn }) => urn));
    const both = replaced.filter((urn) => at(urn, "delete-replaced") >= 0);
    const refreshed = events.flatMap(({ resOutputsEvent }) => (resOutputsEvent ? [resOutputsEvent.metadata] : []));
    const logical = told.filter(({ op }) => !PARTS.includes(op));
    const seen = told.some(({ op }) => op === "refresh")
        ? refreshed.filter(({ op, urn }) => op !== "refresh" && op !== "same" && !isDefault(urn))
        : [];
    return {
        failure: failureIn(events),
        summary: counted(events.findLast(({ summaryEvent }) => summaryEvent)?.summaryEvent?.resourceChanges ?? {}),
        steps: sorted([...logical, ...seen].map(({ op, urn }) => `${op} ${short(urn)}`)),
        createdFirst: Object.fromEntries(
            both.map((urn) => [short(urn), at(urn, "create-replacement") < at(urn, "delete-replaced")]),
        ),
    };
}

function failureIn(events: Event[]): Result["failure"] {
    const failed = events.find(({ resOpFailedEvent }) => resOpFailedEvent)?.resOpFailedEvent?.metadata;
    if (failed !== undefined) return { kind: "operation", step: failed.op, resource: short(failed.urn) };
    const said = events.find(({ diagnosticEvent }) => diagnosticEvent?.severity === "error")?.diagnosticEvent;
    if (said === undefined) return undefined;
    const { urn = "" } = said;
    const program = urn === "" || urn.includes("::pulumi:pulumi:Stack::");
    return program ? { kind: "program" } : { kind: "refused", resource: short(urn) };
}
