import { join } from "node:path";
import { resolveSettings, type Settings } from "../../components/settings";
import { openClient, type ClusterClient } from "../preflight/client";
import { pickTarget, readConfiguration } from "../preflight/configuration";
import type { PreflightOptions } from "../preflight/index";
import { planFor, type ProgramPlan } from "../preflight/program";
import { openTarget } from "../preflight/target";
import { onPath } from "../ui/onPath";
import { UserError } from "../ui/errors";
import { planRepair, type Repair, type StoredRevision } from "./plan";
import { PulumiCli } from "./pulumiCli";
import { forgetRevision, hasStrictWebhook, madeByPulumi, storedRevisions } from "./releases";
import { planStack, type StackPlan } from "./stackPlan";
import { StackRepair, type SeenStack } from "./stackRepair";

const PROJECT_DIR = join(__dirname, "..", "..");
const PROJECT = "istio-tracing";

/** What {@link runRepair} does. */
export interface RepairOptions extends PreflightOptions {
    /** False: only say what would be done. */
    yes: boolean;
    /** No helm and no pulumi is at work any more, however young the interrupted operation is. */
    abandoned: boolean;
    /** Names of releases that Helm shall forget. */
    forget: string[];
    /** Looks at Helm's releases alone, also where there is a Pulumi CLI. @default false */
    releasesOnly?: boolean;
    /** Settings that the CLI reads in the place of Pulumi.STACK.yaml. */
    configFile?: string;
}

/** What {@link runRepair} found and did. */
export interface RepairResult {
    cluster: string;
    /** What was found of the stack, or why nobody looked. */
    stack: { backend: string; plan: StackPlan } | { skipped: string };
    repairs: Repair[];
    /** Secrets that were deleted. */
    removed: string[];
}

interface Look {
    seen: SeenStack | undefined;
    plan: StackPlan | undefined;
    repairs: Repair[];
}

interface Known {
    stored: StoredRevision[];
    managed: boolean;
    seen: SeenStack | undefined;
}

/**
 * Brings a stack whose run was interrupted back to a state from which `pulumi up` and `pulumi destroy` go on: removes
 * the locks of dead runs, takes into the state what they made, and mends the Helm releases that they left half way.
 *
 * @throws CannotLook when there is no usable cluster, UserError when it refuses to answer or the CLI fails.
 */
export async function runRepair(options: RepairOptions): Promise<RepairResult> {
    const { raw, isEncrypted, kubernetes } = readConfiguration(options);
    const settings = resolveSettings(raw, isEncrypted);
    const program = planFor(settings);
    const names = program.releases.map(({ name }) => name);
    const unknown = options.forget.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new UserError(`--forget takes ${names.join(" or ")}, got ${unknown}.`, 2);
    const target = openTarget(pickTarget(kubernetes, options, options.stack));
    const client = await openClient(target, options.timeoutSeconds ?? 5);
    const cluster = `${target.context} (${target.server})`;
    try {
        const stack = openStack(options, client);
        const repair = new Repairer(client, typeof stack === "string" ? undefined : stack, program, settings, options);
        const first = await repair.look(options.yes);
        const removed = options.yes && first.plan?.blocked !== true ? await repair.act(first) : [];
        const skipped = typeof stack === "string" ? stack : "the backend has no such stack";
        const { seen, plan, repairs } = repair.told(first);
        return {
            ...{ cluster, repairs, removed },
            stack: seen && plan ? { backend: seen.facts.backend, plan } : { skipped },
        };
    } finally {
        client.close();
    }
}

/** The stack as the Pulumi CLI has it, or why nobody can ask. */
function openStack(options: RepairOptions, client: ClusterClient): StackRepair | string {
    const { stack, configFile, abandoned, releasesOnly } = options;
    if (releasesOnly === true) return "--releases-only";
    if (stack === undefined) return "no --stack was given";
    const pulumi = onPath("pulumi");
    if (pulumi === undefined) return "there is no pulumi on the PATH";
    const cli = new PulumiCli({ pulumi, projectDir: PROJECT_DIR, stack, configFile });
    return new StackRepair({ cli, client, projectDir: PROJECT_DIR, project: PROJECT, stack, abandoned });
}

/** Looks, and acts on what was seen. */
class Repairer {
    private readonly client: ClusterClient;
    private readonly stack: StackRepair | undefined;
    private readonly program: ProgramPlan;
    private readonly settings: Settings;
    private readonly options: RepairOptions;
    /** Every look that was acted on. */
    private readonly looks: Look[] = [];

    constructor(
        client: ClusterClient,
        stack: StackRepair | undefined,
        program: ProgramPlan,
        settings: Settings,
        options: RepairOptions,
    ) {
        this.client = client;
        this.stack = stack;
        this.program = program;
        this.settings = settings;
        this.options = options;
    }

    async look(clearFirst = false): Promise<Look> {
        const { istiod, releases, namespaces } = this.program;
        const seen = await this.stack?.look(clearFirst);
        const homes = [...new Set(releases.map(({ namespace }) => namespace))];
        const stored = (await Promise.all(homes.map((home) => storedRevisions(this.client, home)))).flat();
        const managed = await madeByPulumi(this.client, Object.values(namespaces), istiod.namespace);
        const repairs = await this.judgeAll({ stored, managed, seen });
        const gone = seen && this.stack?.goneReleases(seen, stored);
        const plan = seen && planStack(seen.facts, repairs, gone);
        return { seen, plan, repairs: plan?.blocked === true ? [] : repairs };
    }

    /** In the order of installation; what needs a release is judged before it. */
    private async judgeAll(known: Known): Promise<Repair[]> {
        const { base, istiod, releases } = this.program;
        const repairs: Repair[] = [];
        for (const { name } of [...releases].reverse()) {
            const removed = repairs.flatMap(({ uninstall }) => uninstall?.urn ?? []);
            const left = known.stored.some((one) => one.name === istiod.name);
            const alone = !left || repairs.some((one) => one.name === istiod.name && one.uninstall);
            const asked = name === base.name && alone && known.seen !== undefined;
            const obstructs = asked && (left || (await hasStrictWebhook(this.client, base)));
            const repair = this.judge(known, name, removed, obstructs);
            if (repair !== undefined) repairs.unshift(repair);
        }
        return repairs;
    }

    private judge({ stored, managed, seen }: Known, name: string, removed: string[], obstructs: boolean) {
        const { abandoned, forget } = this.options;
        const timeoutSeconds = this.settings.readyTimeoutSeconds;
        // Every run holds a lock, and a provider that goes on without its run is ended before anything is mended.
        const idle = seen?.facts.locks?.every(({ owner }) => owner === "dead") === true;
        const found = seen && this.stack?.release(seen, stored, name);
        const stack = found && { ...found, dependents: found.dependents.filter((urn) => !removed.includes(urn)) };
        const now = Date.now() / 1000;
        return planRepair(stored, name, { now, timeoutSeconds, abandoned, forget, managed, idle, stack, obstructs });
    }

    /** Does what was planned, and looks again whenever that may have changed the picture; returns deleted Secrets. */
    async act(first: Look): Promise<string[]> {
        const acts = ({ plan }: Look, ...which: string[]): boolean =>
            plan?.steps.some(({ act }) => which.includes(act)) === true;
        let now = first;
        if (now.seen && acts(now, "end", "cancel")) {
            this.looks.push(now);
            await this.stack?.clear(now.seen);
            now = await this.look();
        }
        if (now.seen && acts(now, "wait")) {
            this.looks.push(now);
            await this.stack?.awaitDeletions(now.seen, this.settings.readyTimeoutSeconds);
            now = await this.look();
        }
        this.looks.push(now);
        const removed = now.repairs.flatMap(({ remove }) => remove);
        for (const revision of removed) await forgetRevision(this.client, revision);
        if (now.seen && this.stack) {
            await this.stack.finish(
                now.seen,
                now.repairs,
                this.looks.some((look) => acts(look, "refresh")),
            );
        }
        return removed.map(({ secret }) => secret.name);
    }

    /** The first look, or what came of it: each step once, and what the last look says of the releases. */
    told(first: Look): Look {
        const last = this.looks.at(-1) ?? first;
        const plan = last.plan && { ...last.plan, steps: uniqueSteps([first, ...this.looks]) };
        return { ...last, plan };
    }
}

const ORDER = ["end", "cancel", "wait", "import", "refresh", "uninstall"];

function uniqueSteps(looks: Look[]): StackPlan["steps"] {
    const all = looks.flatMap(({ plan }) => plan?.steps ?? []);
    return all
        .filter((step, index) => all.findIndex(({ what }) => what === step.what) === index)
        .sort((left, right) => ORDER.indexOf(left.act) - ORDER.indexOf(right.act));
}
