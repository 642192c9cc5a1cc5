import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isOfOwnIstio } from "../../checks/cluster/istioOwner";
import { ADOPTED_ISTIO, type AdoptedRelease, type AdoptedReleases } from "../../components/adopted";
import { formerValues } from "../../components/render/adoptedValues";
import type { ReleaseName } from "../../shared/kubernetes/objects";
import { UserError } from "../../shared/terminal/errors";
import { canonicalJson, mapAt, omit, type PlainObject } from "../../shared/values/plainObjects";
import { requireUnchanged } from "../repair/evidence";
import { PROJECT_DIR } from "../repair/findPulumi";
import type { PreviewStep, PulumiCli } from "../repair/pulumiCli";
import { nameOf, RELEASE, secret, withoutHidden, type Exported, type StateResource } from "../repair/stackState";
import { refuse } from "./releases";

/** A release, and the name of the program's resource for it. */
export interface WantedRelease {
    resource: string;
    release: AdoptedRelease;
}

/** The program's resources for adopted releases. */
export function wantedReleases({ istiod, base }: AdoptedReleases): WantedRelease[] {
    return [
        ...(base === undefined ? [] : [{ resource: `${ADOPTED_ISTIO}-base`, release: base }]),
        { resource: `${ADOPTED_ISTIO}-istiod`, release: istiod },
    ];
}

/**
 * Releases that a stack does not have yet, by name.
 *
 * @throws UserError if the backend has no such stack, or if the stack is not in a state to take them.
 */
export async function missingReleases(cli: PulumiCli, releases: AdoptedReleases): Promise<string[]> {
    const { deployment } = await exportOf(cli);
    if ((deployment.pending_operations ?? []).length > 0) {
        throw new UserError(
            `${cli.line("stack", "export")}: expected no unfinished operation, got some. Nothing was written. ` +
                "Next: npm run repair -- --stack STACK --yes, then run this command again.",
            2,
        );
    }
    return missingFrom(deployment.resources, releases).map(({ release }) => fullName(release));
}

/**
 * Imports releases into a stack, as the program's resources, and returns what the next `up` would do. Releases that are
 * there already stay as they are.
 *
 * @param isMissing true if the state lacks one of them.
 */
export async function importReleases(
    cli: PulumiCli,
    releases: AdoptedReleases,
    isMissing: boolean,
): Promise<PreviewStep[]> {
    if (isMissing) {
        const folder = mkdtempSync(join(tmpdir(), "adopt-"));
        try {
            const file = join(folder, "import.json");
            writeFileSync(file, JSON.stringify(importFile(releases)));
            await cli.importResources(file);
        } finally {
            rmSync(folder, { recursive: true, force: true });
        }
    }
    const steps = await cli.preview();
    return (await completeImport(cli, releases, steps)) ? cli.preview() : steps;
}

/** What Helm itself has of a release. Everything else is how Pulumi upgrades it. */
const OF_HELM = ["name", "namespace", "version", "values"];

/**
 * Completes what `pulumi import` has recorded by how the program upgrades a release, such as the source of its chart,
 * which Helm does not know. Otherwise, the next `up` would upgrade every release only to record it.
 *
 * @returns false if nothing was missing.
 */
async function completeImport(cli: PulumiCli, releases: AdoptedReleases, steps: PreviewStep[]): Promise<boolean> {
    const exported = await exportOf(cli);
    const resources = [...(exported.deployment.resources ?? [])];
    let changed = false;
    for (const { resource } of wantedReleases(releases)) {
        const planned = stepOf(steps, resource)?.newState;
        const own = resource.replace(ADOPTED_ISTIO, "istio");
        const index = resources.findIndex(({ urn }) => isIt(urn, resource) || (isOfOwnIstio(urn) && isIt(urn, own)));
        const recorded = resources[index];
        if (planned === undefined || recorded === undefined) continue;
        const [old, now] = [recorded.inputs ?? {}, omit(withoutHidden(planned.inputs ?? {}), ...OF_HELM)];
        if (canonicalJson(omit(old, ...OF_HELM)) === canonicalJson(now)) continue;
        const inputs = { ...now, ...Object.fromEntries(OF_HELM.map((field) => [field, old[field]])) };
        const outputs = { ...recorded.outputs, ...inputs, __inputs: secret(inputs) };
        resources[index] = { ...recorded, inputs, outputs };
        changed = true;
    }
    if (!changed) return false;
    requireUnchanged(await cli.export(), exported);
    await cli.import({ ...exported, deployment: { ...exported.deployment, resources } });
    return true;
}

/** What the next `up` would do with the adopted releases. */
export interface Judgement {
    /** Releases that get the provider, and nothing else. */
    traced: string[];
    /** Changes that nobody asked for, each with its release. */
    others: string[];
    /** How many other resources it would create, change or delete, by what it would do. */
    rest: Record<string, number>;
}

/** Judges a preview: adopted releases may change by the provider, and by nothing else. */
export function judgePreview(steps: PreviewStep[], releases: AdoptedReleases, provider: PlainObject): Judgement {
    const judged: Judgement = { traced: [], others: [], rest: {} };
    const seen = new Set<PreviewStep>();
    for (const { resource, release } of wantedReleases(releases)) {
        const name = `Helm release ${fullName(release)}`;
        const step = stepOf(steps, resource);
        // The CLI lists no resource that stays the same.
        if (step === undefined) continue;
        seen.add(step);
        const { op, oldState, newState } = step;
        if (op === "same") continue;
        const changed = op === "update" ? changedInputs(oldState, newState, provider) : [];
        if (op !== "update") judged.others.push(`${name}: ${op}`);
        else if (changed.length === 0) judged.traced.push(name);
        else judged.others.push(...changed.map((field) => `${name}: ${field}`));
    }
    for (const step of steps) {
        const state = step.newState ?? step.oldState;
        if (seen.has(step) || step.op === "same" || state?.custom !== true) continue;
        judged.rest[step.op] = (judged.rest[step.op] ?? 0) + 1;
    }
    return judged;
}

function changedInputs(
    before: StateResource | undefined,
    after: StateResource | undefined,
    provider: PlainObject,
): string[] {
    const now = withoutHidden(after?.inputs ?? {});
    const hidden = Object.keys(after?.inputs ?? {}).filter((name) => !(name in now));
    const old = omit(before?.inputs ?? {}, ...hidden);
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => name !== "values");
    const fields = names.filter((name) => canonicalJson(old[name]) !== canonicalJson(now[name]));
    const owners = [old, now].map((inputs) => canonicalJson(formerValues(mapAt(inputs, "values"), provider)));
    return [...fields, ...(owners[0] === owners[1] ? [] : ["values"])];
}

async function exportOf(cli: PulumiCli): Promise<Exported> {
    const exported = await cli.export();
    if (exported !== undefined) return exported;
    throw new UserError(
        `${cli.line("stack", "export")}: expected a stack of the backend, got none of that name. Nothing was written. ` +
            `Next: ${cli.line("stack", "init")}, then run this command again.`,
        2,
    );
}

function missingFrom(resources: StateResource[] | undefined, releases: AdoptedReleases): WantedRelease[] {
    return wantedReleases(releases).filter((wanted) => !recordedAs(resources ?? [], wanted));
}

/** True if the state has a release as the program's resource for it. */
function recordedAs(resources: StateResource[], { resource, release }: WantedRelease): boolean {
    const found = resources.filter(({ type }) => type === RELEASE).find((one) => isSame(nameOf(one), release));
    if (found === undefined || isIt(found.urn, resource)) return found !== undefined;
    // The next update takes the program's own over, under its new name.
    if (isOfOwnIstio(found.urn)) return true;
    throw refuse(
        `Helm release ${fullName(release)}`,
        "a release that this stack does not have yet",
        `one that it has as ${found.urn}`,
        "remove it from the program that made it, with retainOnDelete, or adopt it into another stack",
    );
}

function isSame(recorded: { name: string; namespace?: string } | undefined, release: ReleaseName): boolean {
    return recorded?.name === release.name && recorded.namespace === release.namespace;
}

function stepOf(steps: PreviewStep[], resource: string): PreviewStep | undefined {
    return steps.find(({ newState, oldState }) => isIt((newState ?? oldState)?.urn, resource));
}

function isIt(urn: string | undefined, resource: string): boolean {
    return urn?.endsWith(`::${resource}`) === true;
}

/** `NAMESPACE/NAME` of a release. */
export function fullName({ name, namespace }: ReleaseName): string {
    return `${namespace}/${name}`;
}

/** The file with which `pulumi import --file` takes the releases into a stack, for machines without this command. */
export function importFile(releases: AdoptedReleases): PlainObject {
    const version = providerVersion();
    return {
        resources: [
            { type: "istio-tracing:components:AdoptedIstio", name: ADOPTED_ISTIO, component: true },
            ...wantedReleases(releases).map(({ resource, release }) => ({
                type: RELEASE,
                name: resource,
                id: fullName(release),
                parent: ADOPTED_ISTIO,
                version,
            })),
        ],
    };
}

/** Version of the provider that the program uses, which Pulumi would otherwise choose. */
function providerVersion(): string {
    const file = join(PROJECT_DIR, "node_modules", "@pulumi", "kubernetes", "package.json");
    return (JSON.parse(readFileSync(file, "utf8")) as { pulumi: { version: string } }).pulumi.version;
}
