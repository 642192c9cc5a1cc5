import { basename } from "node:path";
import { parse } from "yaml";
import type { AdoptedRelease, AdoptedReleases } from "../../components/adopted";
import { tracingProvider } from "../../components/settings/adoptedProblems";
import { hasProvider } from "../../checks/mesh/providerEntry";
import { formerValues, renderAdoptedValues } from "../../components/render/adoptedValues";
import { findAdoptedValuesProblems, findNullProblems } from "../../components/settings/adoptedValues";
import { nameInRevision } from "../../checks/mesh/controlPlane";
import type { ReleaseName } from "../../shared/kubernetes/objects";
import { canonicalJson, mapAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import { readRelease, type StoredRelease } from "../cluster/helmRelease";
import { refusal } from "./meshHolder";
import { asAdopted, readReleases, refuse, type FoundReleases } from "./releases";
import { describeProvider } from "./describeProvider";
import { handOver, importFileOf, withStack } from "./stack";
import { fullName, missingReleases } from "./stackImport";
import { existingMeshSettings, planSettings, providerWith, type AdoptTask, type Outcome } from "./task";

/** Takes the Helm releases of an Istio into the stack. */
export async function adoptReleases(task: AdoptTask, owner: ReleaseName): Promise<Outcome> {
    const { client, options, settings, file } = task;
    const found = await readReleases(client, owner);
    const { istiod, base } = found;
    const rootNamespace = rootNamespaceOf(istiod, task.revision);
    const mesh = { ...existingMeshSettings(task, istiod.namespace), rootNamespace };
    // Settings of the charts may stand beside adopted releases only.
    const provider = providerWith(task, { ...mesh, adopted: { istiod: asAdopted(istiod, {}) } });
    const former = formerValues(istiod.values, provider);
    const problems = [
        ...findAdoptedValuesProblems(`Helm release ${fullName(istiod)} values`, former, provider),
        ...(base === undefined ? [] : findNullProblems(`Helm release ${fullName(base)} values`, base.values)),
    ];
    if (problems.length > 0) throw refusal(problems);
    const releases: AdoptedReleases = {
        istiod: asAdopted(istiod, former),
        ...(base && { base: asAdopted(base, base.values) }),
    };
    const plan = planSettings(task, {
        ...mesh,
        adopted: releases,
        adoptedState: undefined,
    });
    const isTraced = hasProvider(mapAt(istiod.values, "meshConfig"), provider);
    const changes = [
        ...(isTraced
            ? []
            : [
                  `Helm release ${fullName(istiod)}, values.meshConfig.extensionProviders: ${describeProvider(provider)}`,
              ]),
        ...sinceAdoption(settings.istio.adopted, releases),
    ];
    return withStack(task, async (cli) => {
        const missing = typeof cli === "string" ? [] : await missingReleases(cli, releases);
        const writes = [
            ...(plan.changed ? [`${basename(file)}: settings of istio`] : []),
            ...(missing.length === 0 ? [] : [`state of stack ${options.stack}: Helm releases ${missing.join(", ")}`]),
            ...(typeof cli === "string" ? [`${basename(importFileOf(task))}, for pulumi import: ${cli}`] : []),
        ];
        if (!options.yes) {
            const isDone = writes.length === 0 && changes.length === 0;
            return { changes, writes, next: [], state: isDone ? "done" : "planned" };
        }
        await requireSame(task, found);
        plan.write();
        return { changes, writes, ...(await handOver(task, cli, releases, missing.length > 0, provider)) };
    });
}

/** Makes the program put the owner's values back, and let go of the releases. */
export async function restoreReleases(task: AdoptTask, adopted: AdoptedReleases): Promise<Outcome> {
    const { client, options, settings, file } = task;
    const provider = tracingProvider(settings);
    const live = await readRelease(client, adopted.istiod.namespace, adopted.istiod.name);
    requireOurs(live, adopted.istiod, provider, options.stack);
    const plan = planSettings(task, { adoptedState: "restored" });
    const isTraced = hasProvider(mapAt(live?.values, "meshConfig"), provider);
    const changes = isTraced
        ? [
              `Helm release ${fullName(adopted.istiod)}, values.meshConfig.extensionProviders: without ${describeProvider(provider)}`,
          ]
        : [];
    const writes = plan.changed ? [`${basename(file)}: istio.adoptedState`] : [];
    const next = [
        `pulumi up --stack ${options.stack}   (puts the owner's values back)`,
        `pulumi destroy --stack ${options.stack}   (removes what the program has added; Istio stays)`,
    ];
    if (!options.yes && plan.changed) return { changes, writes, next: [], state: "planned" };
    plan.write();
    return { changes, writes, next, state: "done" };
}

/** The namespace whose Istio objects apply to the mesh, as the chart has rendered it. */
function rootNamespaceOf(istiod: StoredRelease, revision: string): string {
    const name = nameInRevision("istio", revision);
    const configMap = istiod.objects.find(
        (object) => object["kind"] === "ConfigMap" && textAt(object, "metadata", "name") === name,
    );
    const mesh: unknown = parse(textAt(configMap, "data", "mesh") ?? "{}");
    return textAt(mesh, "rootNamespace") ?? istiod.namespace;
}

/** What people have changed in the releases since the stack has adopted them. It becomes their owner's values. */
function sinceAdoption(before: AdoptedReleases | undefined, now: AdoptedReleases): string[] {
    if (before === undefined) return [];
    return (["istiod", "base"] as const).flatMap((chart) => {
        const [old, release] = [before[chart], now[chart]];
        if (old === undefined || release === undefined || canonicalJson(old) === canonicalJson(release)) return [];
        const fields = (["name", "namespace", "version", "values"] as const).filter(
            (field) => canonicalJson(old[field]) !== canonicalJson(release[field]),
        );
        return [
            `${chart}: somebody has changed ${fields.join(", ")} since it was adopted; istio.adopted will contain ` +
                "the new values",
        ];
    });
}

/** Somebody's upgrade since the adoption would be lost with the former values. */
function requireOurs(
    live: StoredRelease | undefined,
    { name, namespace, version, values }: AdoptedRelease,
    provider: PlainObject,
    stack: string,
): void {
    const what = `Helm release ${namespace}/${name}`;
    if (live === undefined) {
        const next = `remove it from the stack: pulumi stack --show-urns --stack ${stack} shows its URN; then pulumi state delete --force --stack ${stack} URN, and remove istio.adopted from the stack's file`;
        throw refuse(what, "the adopted release", "none: it was uninstalled", next);
    }
    const again = `take over what it has now: npm run adopt -- --stack ${stack} --yes, then run this command again`;
    if (live.status !== "deployed") {
        throw refuse(what, "the status deployed", live.status, "repair it first (helm status, helm rollback)");
    }
    if (live.chartVersion !== version) {
        throw refuse(what, `chart version ${version}, as it was adopted`, live.chartVersion, again);
    }
    const known = [values, renderAdoptedValues(values, provider)].map(canonicalJson);
    if (!known.includes(canonicalJson(live.values))) {
        throw refuse(
            what,
            "the values with which it was adopted",
            "other values: somebody has upgraded it since then",
            again,
        );
    }
}

/** A release that somebody upgrades at this moment would lose that. */
async function requireSame({ client, options }: AdoptTask, { istiod, base }: FoundReleases): Promise<void> {
    for (const { name, namespace, revision } of [istiod, ...(base ? [base] : [])]) {
        const now = await readRelease(client, namespace, name);
        if (now?.revision === revision && now.status === "deployed") continue;
        const got = now === undefined ? "none" : `${String(now.revision)} (${now.status}): somebody is upgrading it`;
        throw refuse(
            `Helm release ${namespace}/${name}`,
            `revision ${String(revision)}, which was read`,
            got,
            `wait for that, then run again: npm run adopt -- --stack ${options.stack}`,
        );
    }
}
