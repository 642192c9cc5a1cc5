/** A resource in a stack's state, as in `pulumi stack export`. Other fields are preserved. */
export interface StateResource {
    urn: string;
    type: string;
    custom: boolean;
    /** True if the program only reads the resource. */
    external?: boolean;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    parent?: string;
    provider?: string;
    dependencies?: string[];
    propertyDependencies?: Record<string, string[]>;
    /** True if the object of a replaced resource still has to be deleted. */
    delete?: boolean;
    /** True if a deleted resource still has to be created again. */
    pendingReplacement?: boolean;
}

/** An operation that a killed run started, without recording its end. */
export interface PendingOperation {
    resource: StateResource;
    type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

/** The part of `pulumi stack export` that the repair reads and writes. */
export interface Deployment {
    resources?: StateResource[];
    pending_operations?: PendingOperation[];
}

/** The complete output of `pulumi stack export`. */
export interface Exported {
    version: number;
    deployment: Deployment;
}

export const RELEASE = "kubernetes:helm.sh/v3:Release";
/** Marks a value that Pulumi encrypts: https://www.pulumi.com/docs/iac/concepts/secrets/ */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
/** Placeholders in a preview for a secret and for a value that is not known yet. */
const HIDDEN = ["[secret]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"];

/** An object to add to the state: its resource, its inputs, and the field manager that wrote it. */
export interface Adoption {
    wanted: StateResource;
    /** The live object; undefined for a Helm release. */
    live?: Record<string, unknown>;
    /** The field manager with which Pulumi wrote it. */
    manager?: string;
}

/**
 * Adds resources to a state, so that the next refresh reads them from the cluster, and forgets pending operations.
 *
 * The inputs are those of the program, so that only real differences show up as changes.
 */
export function adopt(exported: Exported, adoptions: Adoption[], planned: StateResource[]): Exported {
    const resources = [...(exported.deployment.resources ?? [])];
    for (const { wanted, live, manager } of adoptions) {
        const replaced = resources.findIndex(({ urn, pendingReplacement }) => urn === wanted.urn && pendingReplacement);
        if (replaced >= 0) resources.splice(replaced, 1);
        for (const parent of missingParents(wanted, resources, planned)) resources.push(parent);
        const known = new Set(resources.map(({ urn }) => urn));
        resources.push({
            ...wanted,
            ...properties(wanted, live, manager),
            id: idOf(wanted),
            provider: providerOf(wanted, resources),
            dependencies: (wanted.dependencies ?? []).filter((urn) => known.has(urn)),
            propertyDependencies: Object.fromEntries(
                Object.entries(wanted.propertyDependencies ?? {}).map(([key, urns]) => [
                    key,
                    urns.filter((urn) => known.has(urn)),
                ]),
            ),
        });
    }
    return { ...exported, deployment: { ...exported.deployment, resources, pending_operations: [] } };
}

/** The object's name in the cluster; undefined if it is not known yet. */
export function nameOf({ type, inputs = {} }: StateResource): { name: string; namespace?: string } | undefined {
    const { name, namespace } = (type === RELEASE ? inputs : (inputs["metadata"] ?? {})) as Record<string, unknown>;
    if (typeof name !== "string" || HIDDEN.includes(name)) return undefined;
    if (namespace === undefined) return { name };
    return typeof namespace === "string" && !HIDDEN.includes(namespace) ? { name, namespace } : undefined;
}

/** Whether a recorded resource was ever read from the cluster. A resource that was just added has only its inputs. */
export function isRead({ type, outputs = {} }: StateResource): boolean {
    if (type === RELEASE) return outputs["status"] !== undefined;
    const metadata = { ...(outputs["metadata"] as object | undefined) };
    return "uid" in metadata || Object.keys(SECRET).some((key) => key in metadata);
}

/** `NAMESPACE/NAME`, or only the name, as in the provider's IDs. */
function idOf(resource: StateResource): string {
    const { name, namespace } = nameOf(resource) ?? { name: "" };
    return namespace === undefined ? name : `${namespace}/${name}`;
}

function properties(wanted: StateResource, live: Adoption["live"], manager: string | undefined) {
    const inputs = wanted.inputs ?? {};
    if (wanted.type !== RELEASE) {
        const revealed = reveal(inputs, live);
        const outputs = { ...revealed, __fieldManager: manager, __initialApiVersion: inputs["apiVersion"] };
        return { inputs: revealed, outputs };
    }
    // Without its values, the next up finds a difference and upgrades the release. The values that a refresh reads may
    // contain a secret.
    const plain = Object.fromEntries(
        Object.entries(inputs).filter(
            ([, value]) => ["string", "number", "boolean"].includes(typeof value) && !HIDDEN.includes(String(value)),
        ),
    );
    const adopted = { ...plain, values: secret({}) };
    return { inputs: adopted, outputs: { ...adopted, __inputs: secret(adopted) } };
}

/** The same inputs, with encrypted live values where a preview hides a value. */
function reveal(value: unknown, live: unknown): Record<string, unknown> {
    return revealValue(value, live) as Record<string, unknown>;
}

function revealValue(value: unknown, live: unknown): unknown {
    if (typeof value === "string" && HIDDEN.includes(value)) return live === undefined ? undefined : secret(live);
    if (Array.isArray(value)) {
        const others = Array.isArray(live) ? (live as unknown[]) : [];
        return value.map((one: unknown, index) => revealValue(one, others[index])).filter((one) => one !== undefined);
    }
    if (typeof value !== "object" || value === null) return value;
    // A secret of the state itself stays as it is: only the stack's key decrypts it.
    if (Object.entries(SECRET).every(([key, mark]) => (value as Record<string, unknown>)[key] === mark)) return value;
    const fields = (typeof live === "object" && live !== null ? live : {}) as Record<string, unknown>;
    return Object.fromEntries(
        Object.entries(value)
            .map(([key, field]) => [key, revealValue(field, fields[key])] as const)
            .filter(([, field]) => field !== undefined),
    );
}

/** The inputs without those of which a preview hides a part. */
export function withoutHidden(inputs: Record<string, unknown>): Record<string, unknown> {
    const hides = (value: unknown): boolean =>
        typeof value === "object" && value !== null
            ? Object.values(value).some(hides)
            : typeof value === "string" && HIDDEN.includes(value);
    return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !hides(value)));
}

/** A value in a state that `pulumi stack import` encrypts. */
export function secret(value: unknown): Record<string, unknown> {
    return { ...SECRET, plaintext: JSON.stringify(value) };
}

/** The components above a resource that are not yet in the state, the outermost first. */
function missingParents(of: StateResource, known: StateResource[], planned: StateResource[]): StateResource[] {
    if (of.parent === undefined || known.some(({ urn }) => urn === of.parent)) return [];
    const parent = planned.find(({ urn }) => urn === of.parent);
    if (parent === undefined) return [];
    const { urn, type, custom, parent: above } = parent;
    return [...missingParents(parent, known, planned), { urn, type, custom, parent: above }];
}

/** A preview does not know the ID of a provider in the state. */
function providerOf({ provider = "" }: StateResource, known: StateResource[]): string {
    const urn = provider.slice(0, provider.lastIndexOf("::"));
    const found = known.find((one) => one.urn === urn && one.delete !== true);
    return found?.id === undefined ? provider : `${urn}::${found.id}`;
}
