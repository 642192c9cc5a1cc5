import { setPaths } from "../../shared/stacks/settingPaths";
import { loadStackConfig, ownSettings } from "../../shared/stacks/stackConfig";
import { isKind, resourceName, type Manifest } from "../../shared/kubernetes/manifest";
import { inlineValues } from "../../checks/manifest/inlineValues";
import { shadowedCharts } from "../../checks/mesh/configuration";
import { unresolvedOf } from "../../checks/manifest/unresolved";
import { environmentOf } from "../../policy/environment";
import type { Environment } from "../../policy/rule";
import { parseYaml } from "../../policy/yaml";
import { maskEncrypted } from "../cluster/encryptedSecrets";
import { redact } from "../../shared/values/redact";
import { UserError } from "../../shared/terminal/errors";
import { findRenderer, renderRelease } from "./charts";
import { readPolicyConfig, type PolicyConfig } from "./config";
import { nameOfFile, readManifests } from "./files";
import { judgeObjects, type RuleRun } from "./judge";
import { describeMissing, describeUnresolved } from "./notes";

/** How stacks or files are to be judged. */
export interface PolicyOptions {
    /** @default of a stack, what its name says; of files, prod */
    environment?: string;
    /** File as `pulumi preview --policy-pack-config` takes it. */
    config?: string;
    /** Whether Helm may fetch charts. @default false */
    fetchCharts?: boolean;
    /** Settings over those of the stack, by path and without the project's prefix, objects as JSON. */
    overrides?: Record<string, string>;
}

/** What was judged, and how it came out. */
export interface Judgement {
    /** `stack prod`, or the names of the files. */
    subject: string;
    environment: Environment;
    objects: number;
    runs: RuleRun[];
    /** What could not be looked at, and why. */
    notes: string[];
}

/** What could not be judged, and why. */
export interface Unjudged {
    /** `stack prod`. */
    subject: string;
    /** For people, in several lines if need be. */
    reason: string;
}

const PACK = "istio-tracing-policy";

/**
 * Judges a stack as it would be written, without a cluster and without the Pulumi CLI.
 *
 * @throws UserError with exit code 2 when the stack is not there; SettingsError when its settings cannot be used.
 */
export async function judgeStack(projectDir: string, stack: string, options: PolicyOptions): Promise<Judgement> {
    const config = loadStackConfig(projectDir, stack);
    const environment = readEnvironment(stack, options.environment ?? config.values[`${PACK}:environment`]);
    const rules = rulesOf(options);
    // Loaded here: who judges files need not wait for Pulumi.
    const { manifestsOf, planProgram } = await import("../../plan");
    const { mustBeEncrypted } = await import("../../components/settings/misplacedSecrets");
    const own = ownSettings(config);
    const overrides = options.overrides ?? {};
    const masked = maskEncrypted(own);
    const settings = setPaths(masked, overrides);
    const secretKeys = Object.keys(settings).filter((key) =>
        Object.hasOwn(overrides, key) ? mustBeEncrypted(key) : masked[key] !== own[key],
    );
    const plan = await planProgram(settings, stack, [], secretKeys);
    const planned = manifestsOf(plan);
    const { releases, rendered, notes } = await render(planned, options.fetchCharts ?? false);
    const objects = [...planned, ...rendered];
    const source = `stack ${stack}`;
    const runs = judgeObjects({ objects, rendered: releases, whole: true }, environment, rules, () => source);
    return { subject: source, environment, objects: objects.length, runs, notes };
}

/**
 * Judges the Kubernetes objects of files.
 *
 * @throws UserError with exit code 2 which names every file that cannot be used.
 */
export function judgeFiles(files: string[], options: PolicyOptions): Judgement {
    const environment = readEnvironment("", options.environment);
    const rules = rulesOf(options);
    const read = readManifests(files);
    const objects = inlineValues(read.objects, parseYaml, read.values);
    const sources = new Map(objects.map((object, index) => [object, read.sources[index]]));
    const all = files.map(nameOfFile).join(", ");
    const sourceOf = (object: Manifest | undefined): string => (object && sources.get(object)) ?? all;
    const judged = { objects, rendered: shadowedCharts(objects, parseYaml), whole: false };
    const runs = judgeObjects(judged, environment, rules, sourceOf);
    const notes = [...read.notes, ...describeUnresolved(unresolvedOf(objects)), ...describeMissing(runs)];
    return { subject: all, environment, objects: objects.length, runs, notes };
}

function rulesOf({ config }: PolicyOptions): PolicyConfig {
    return config === undefined ? {} : readPolicyConfig(config);
}

function readEnvironment(stack: string, said: string | undefined): Environment {
    try {
        return environmentOf(stack, said);
    } catch (error) {
        throw new UserError((error as Error).message, 2);
    }
}

async function render(
    planned: Manifest[],
    fetch: boolean,
): Promise<{ releases: Set<Manifest>; rendered: Manifest[]; notes: string[] }> {
    const releases = planned.filter((object) => isKind(object, "Release", "helm.sh"));
    const renderer = findRenderer(fetch);
    const results = await Promise.all(
        releases.map(async (release) => ({ release, result: await renderRelease(release, renderer) })),
    );
    return {
        releases: new Set(results.flatMap(({ release, result }) => ("objects" in result ? [release] : []))),
        rendered: results.flatMap(({ result }) => ("objects" in result ? result.objects : [])),
        notes: results.flatMap(({ release, result }) =>
            "reason" in result
                ? [redact(`${resourceName(release)}: judged by its values, not rendered: ${result.reason}`)]
                : [],
        ),
    };
}
