import { basename } from "node:path";
import type { Installer } from "../../checks/mesh/installer";
import type { TelemetryObject } from "../../checks/mesh/objects";
import { TELEMETRY } from "../../checks/mesh/shapes";
import { listAll, METADATA, type ClusterClient } from "../../shared/cluster/client";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import type { PlainObject } from "../../shared/values/plainObjects";
import { requireAnswer } from "../cluster/connect";
import { aksHolder, changeHolder, readAddedProvider, sailHolder, type HolderKind } from "./meshHolder";
import { refuse } from "./releases";
import { describeProvider } from "./describeProvider";
import { existingMeshSettings, planSettings, providerWith, type AdoptTask, type Outcome } from "./task";
import { AKS_NAMESPACE } from "../../checks/mesh/installer";

/** Adds the provider to the object with which an installer lets its users configure the mesh. */
export async function adoptHolder(task: AdoptTask, installer: Installer, istiod: ClusterObject): Promise<Outcome> {
    const { client, options, file } = task;
    const { namespace = "" } = istiod.metadata;
    const kind = await holderOf(task, installer);
    const mesh = existingMeshSettings(task, namespace);
    const provider = providerWith(task, mesh);
    const planned = await changeHolder(client, kind, provider, false);
    const plan = planSettings(task, mesh);
    const changes =
        planned.action === "none" ? [] : [`${kind.name}, extensionProviders: ${describeProvider(provider)}`];
    const writes = [
        ...(plan.changed ? [`${basename(file)}: settings of istio`] : []),
        ...(planned.action === "none" ? [] : [kind.name]),
    ];
    if (!options.yes) return { changes, writes, next: [], state: writes.length === 0 ? "done" : "planned" };
    plan.write();
    await changeHolder(client, kind, provider, true);
    const next = [`npm run preflight -- --stack ${options.stack}`, `pulumi up --stack ${options.stack}`];
    return { changes, writes, next, state: "done" };
}

/** Removes exactly what {@link adoptHolder} has added. */
export async function releaseHolder(task: AdoptTask, installer: Installer): Promise<Outcome> {
    const { client, options } = task;
    const kind = await holderOf(task, installer);
    const provider = await readAddedProvider(client, kind);
    if (provider === undefined) {
        const none = "none: this program has added nothing to it, or it was given back already";
        throw refuse(kind.name, "the annotation that records what was added", none, "there is nothing to give back");
    }
    await requireUnused(client, provider, options.stack);
    const planned = await changeHolder(client, kind, undefined, false);
    const changes = [`${kind.name}, extensionProviders: without ${describeProvider(provider)}`];
    const writes = planned.action === "none" ? [] : [kind.name];
    if (!options.yes) return { changes, writes, next: [], state: "planned" };
    await changeHolder(client, kind, undefined, true);
    return { changes, writes, next: [], state: "done" };
}

/** Without its provider, a Telemetry switches tracing off, and nothing says so. */
async function requireUnused(client: ClusterClient, provider: PlainObject, stack: string): Promise<void> {
    const path = "/apis/telemetry.istio.io/v1/telemetries";
    const telemetries = requireAnswer(await listAll<TelemetryObject>(client, path, TELEMETRY), "Telemetries") ?? [];
    const using = telemetries.filter(({ spec }) =>
        (spec?.tracing ?? []).some(({ providers }) => (providers ?? []).some(({ name }) => name === provider["name"])),
    );
    if (using.length === 0) return;
    const names = using.map(({ metadata }) => `${metadata.namespace ?? ""}/${metadata.name}`);
    throw refuse(
        `provider ${String(provider["name"])}`,
        "no Telemetry that uses it",
        names.join(", "),
        `remove those of this program first: pulumi destroy --stack ${stack}; then run this command again`,
    );
}

async function holderOf({ client, revision }: AdoptTask, { kind, keeper }: Installer): Promise<HolderKind> {
    if (kind === "aks") return aksHolder(AKS_NAMESPACE, revision);
    return sailHolder(await istioOf(client, keeper ?? { kind: "Istio", name: "default" }));
}

/** The Istio of a Sail operator, which owns an IstioRevision of the operator's own. */
async function istioOf(client: ClusterClient, { kind, name }: { kind: string; name: string }): Promise<string> {
    if (kind === "Istio") return name;
    const path = `/apis/sailoperator.io/v1/istiorevisions/${name}`;
    const found = requireAnswer(await client.get<ClusterObject>(path, METADATA), `IstioRevision ${name}`);
    const owner = (found?.metadata.ownerReferences ?? []).find((one) => one.kind === "Istio");
    if (owner !== undefined) return owner.name;
    throw refuse(
        `IstioRevision ${name}`,
        "an Istio that owns it",
        "none",
        "add the provider to its spec.values.meshConfig.extensionProviders (docs/existing-mesh.md)",
    );
}
