import { resolveSettings, type Settings } from "../../components/settings";
import { openClient, type ClusterClient } from "../../shared/cluster/client";
import { pickTarget, readConfiguration, type StackTarget } from "../preflight/configuration";
import type { PreflightOptions } from "../preflight/index";
import { planFor, type ProgramPlan } from "../preflight/program";
import { openTarget, type Target } from "../../shared/cluster/target";
import { UserError } from "../../shared/terminal/errors";
import { findPulumi, PROJECT_DIR, type FoundPulumi } from "./findPulumi";
import { lendKubeconfig } from "./kubeconfig";
import { planRepair, type Repair, type StoredRevision } from "./plan";
import { PulumiCli } from "./pulumiCli";
import { forgetRevision, hasStrictWebhook, madeByPulumi, storedRevisions } from "./releases";
import { parseStackName, type StackName } from "./stackName";
import { planStack, type StackPlan } from "./stackPlan";
import { StackRepair, type SeenStack } from "./stackRepair";
import { PROJECT } from "../../shared/names/project";

/** The options of {@link runRepair}. */
export interface RepairOptions extends PreflightOptions {
    /** False only reports what it would do. */
    yes: boolean;
    /** The user asserts that no helm or pulumi process is running, however recent the interrupted operation is. */
    abandoned: boolean;
    /** Names of releases that Helm must forget. */
    forget: string[];
    /** Only repairs Helm releases, even if there is a Pulumi CLI. @default false */
    releasesOnly?: boolean;
}

/** The result of {@link runRepair}. */
export interface RepairResult {
    cluster: string;
    /** The result for the stack, or the reason why it was not examined. */
    stack: { backend: string; plan: StackPlan } | { skipped: string };
    repairs: Repair[];
    /** The deleted Secrets. */
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
 * Repairs a stack after an interrupted run, so that `pulumi up` and `pulumi destroy` can continue: removes the locks of
 * dead runs, adds the objects that they created to the state, and repairs incomplete Helm releases.
 *
 * @throws CannotLook if there is no usable cluster, UserError if the cluster rejects a request or the CLI fails.
 */
export async function runRepair(options: RepairOptions): Promise<RepairResult> {
    const name = options.stack === undefined ? undefined : parseStackName(options.stack, PROJECT);
    const { raw, isEncrypted, kubernetes } = readConfiguration({ ...options, stack: name?.stack });
    const settings = resolveSettings(raw, { isEncrypted, stack: options.stack });
    const program = planFor(settings);
    const names = program.releases.map(({ name }) => name);
    const unknown = options.forget.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new UserError(`Expected ${names.join(" or ")} for --forget, got ${unknown}.`, 2);
    const target = openTarget(pickTarget(kubernetes, options, options.stack));
    const pulumi = pulumiOf(options, name, target, kubernetes);
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

/** The Pulumi CLI and its stack, or the reason why the stack cannot be examined. */
function pulumiOf(
    { stack, releasesOnly, configFile }: RepairOptions,
    name: StackName | undefined,
    target: Target,
    own: StackTarget,
): FoundPulumi | string {
    if (releasesOnly === true) return "--releases-only";
    if (stack === undefined || name === undefined) return "no --stack was given";
    return findPulumi({ stack, configFile }, name, target, own);
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

/** Examines the stack and repairs it. */
class Repairer {
    private readonly client: ClusterClient;
    private readonly stack: StackRepair | undefined;
    private readonly program: ProgramPlan;
    private readonly settings: Settings;
    private readonly options: RepairOptions;
    /** Every examination that led to a repair. */
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
        // A release in a namespace of older settings is not gone.
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

    /** In the order of installation. Dependents of a release are examined before it. */
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
        // A provider that continues without its run is ended before any repair.
        const idle = (seen && this.stack?.isIdle(seen, name)) === true;
        const found = seen && this.stack?.release(seen, stored, name);
        const stack = found && { ...found, dependents: found.dependents.filter((urn) => !removed.includes(urn)) };
        const now = Date.now() / 1000;
        return planRepair(stored, name, { now, timeoutSeconds, abandoned, forget, managed, idle, stack, obstructs });
    }

    /**
     * Carries out the plan, and examines the stack again after each step that can change the situation. Returns the
     * deleted Secrets.
     */
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
        if (now.seen && this.stack) {
            await this.stack.finish(now.seen, now.repairs, refresh, forget);
            if (refresh) await this.removeObstacles(now);
        } else await forget();
        return removed.map(({ secret }) => secret.name);
    }

    /**
     * Removes releases whose webhook waits for an istiod that is gone. While the state still contained what the cluster
     * had lost, such as the release of istiod, they could not be removed.
     */
    private async removeObstacles({ repairs }: Look): Promise<void> {
        const { base, istiod } = this.program;
        const stored = await this.stored([...new Set([base.namespace, istiod.namespace])]);
        const has = ({ name }: { name: string }): boolean => stored.some((one) => one.name === name);
        if (!has(base) || has(istiod) || repairs.some(({ uninstall }) => uninstall !== undefined)) return;
        if (!(await hasStrictWebhook(this.client, base))) return;
        const after = await this.look();
        const obstacles = after.repairs.filter(({ uninstall }) => uninstall !== undefined);
        if (after.seen === undefined || obstacles.length === 0) return;
        this.looks.push(after);
        await this.stack?.finish(after.seen, obstacles, false, () => Promise.resolve());
    }

    /** The first examination or the combined result: each step once, with the releases of the last examination. */
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
