import { join } from "node:path";
import { resolveSettings, type Settings } from "../../components/settings";
import { openClient, type ClusterClient } from "../../shared/cluster/client";
import { pickTarget, readConfiguration, type StackTarget } from "../preflight/configuration";
import type { PreflightOptions } from "../preflight/index";
import { planFor, type ProgramPlan } from "../preflight/program";
import { openTarget, type Target } from "../../shared/cluster/target";
import { onPath } from "../../shared/terminal/onPath";
import { UserError } from "../../shared/terminal/errors";
import { findBackend, type Backend } from "./backend";
import { lendKubeconfig, requireSameCluster, withOpenKubeconfig } from "./kubeconfig";
import { planRepair, type Repair, type StoredRevision } from "./plan";
import { PulumiCli } from "./pulumiCli";
import { forgetRevision, hasStrictWebhook, madeByPulumi, storedRevisions } from "./releases";
import { parseStackName, type StackName } from "./stackName";
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
    const name = options.stack === undefined ? undefined : parseStackName(options.stack, PROJECT);
    const { raw, isEncrypted, kubernetes } = readConfiguration({ ...options, stack: name?.stack });
    const settings = resolveSettings(raw, { isEncrypted, stack: options.stack });
    const program = planFor(settings);
    const names = program.releases.map(({ name }) => name);
    const unknown = options.forget.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new UserError(`--forget takes ${names.join(" or ")}, got ${unknown}.`, 2);
    const target = openTarget(pickTarget(kubernetes, options, options.stack));
    const pulumi = findPulumi(options, name, target, kubernetes);
    const client = await openClient(target, options.timeoutSeconds ?? 5);
    const lent = lendKubeconfig(target);
    const cluster = `${target.context} (${target.server})`;
    try {
        const stack = typeof pulumi === "string" ? pulumi : openStack(options, pulumi, client, lent.file);
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
        lent.remove();
        client.close();
    }
}

interface FoundPulumi {
    pulumi: string;
    stack: string;
    name: StackName;
    backend: Backend;
}

/** The Pulumi CLI and the stack to ask it for, or why nobody can ask. */
function findPulumi(
    { stack, releasesOnly, configFile }: RepairOptions,
    name: StackName | undefined,
    target: Target,
    own: StackTarget,
): FoundPulumi | string {
    if (releasesOnly === true) return "--releases-only";
    if (stack === undefined || name === undefined) return "no --stack was given";
    const pulumi = onPath("pulumi");
    if (pulumi === undefined) return "there is no pulumi on the PATH";
    const backend = findBackend(PROJECT_DIR, process.env);
    if (backend === undefined) return "the Pulumi CLI is not logged in (pulumi login)";
    const args = ["--stack", stack, ...(configFile === undefined ? [] : ["--config-file", configFile])];
    requireSameCluster(target, withOpenKubeconfig(own, pulumi, args, PROJECT_DIR), stack);
    return { pulumi, stack, name, backend };
}

function openStack(
    { configFile, abandoned }: RepairOptions,
    { pulumi, stack, name, backend }: FoundPulumi,
    client: ClusterClient,
    kubeconfig: string,
): StackRepair {
    const cli = new PulumiCli({ pulumi, projectDir: PROJECT_DIR, stack, name, configFile, kubeconfig });
    return new StackRepair({ cli, backend, client, projectDir: PROJECT_DIR, project: PROJECT, stack, name, abandoned });
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
        const stored = await this.stored(homes);
        // A release that has stayed where older settings had it is not gone.
        const others = ((seen && this.stack?.releaseNamespaces(seen)) ?? []).filter((home) => !homes.includes(home));
        const elsewhere = await this.stored([...new Set(others)]);
        const managed = await madeByPulumi(this.client, Object.values(namespaces), istiod.namespace);
        const repairs = await this.judgeAll({ stored, managed, seen });
        const gone = seen && this.stack?.goneReleases(seen, [...stored, ...elsewhere]);
        const plan = seen && planStack(seen.facts, repairs, gone);
        return { seen, plan, repairs: plan?.blocked === true ? [] : repairs };
    }

    private async stored(namespaces: string[]): Promise<StoredRevision[]> {
        return (await Promise.all(namespaces.map((home) => storedRevisions(this.client, home)))).flat();
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
        // A provider that goes on without its run is ended before anything is mended.
        const idle = (seen && this.stack?.isIdle(seen, name)) === true;
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
        if (now.plan?.blocked !== true && now.seen && acts(now, "wait")) {
            this.looks.push(now);
            await this.stack?.awaitDeletions(now.seen, this.settings.readyTimeoutSeconds);
            now = await this.look();
        }
        this.looks.push(now);
        if (now.plan?.blocked === true) return [];
        const removed = now.repairs.flatMap(({ remove }) => remove);
        const forget = async (): Promise<void> => {
            for (const revision of removed) await forgetRevision(this.client, revision);
        };
        const refresh = this.looks.some((look) => acts(look, "refresh"));
        if (now.seen && this.stack) await this.stack.finish(now.seen, now.repairs, refresh, forget);
        else await forget();
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
