import type { Deployment } from "./deployment";
import { compare } from "./diff";
import { remove, removeForReplacement } from "./deletion";
import { decide, hideOutputs, ignoring } from "./paths";
import { cascade } from "./replacement";
import { untouched } from "./targets";
import type { Difference, Goal, Provider, Resource, Run } from "./types";
import { Aliases, providerIn } from "./urns";
import { reveal, UNKNOWN } from "./values";

/** Decides the operation for each registration of the program, and runs it. */
export class Planner {
    /** Resources of the state that the program registers. */
    public readonly matched = new Set<Resource>();
    private readonly deployment: Deployment;
    private readonly aliases: Aliases;
    private readonly replaced = new Set<string>();
    /** Resources that were deleted together with a replaced one. */
    private readonly condemned = new Set<Resource>();
    /** URNs of resources that are not targets and do not exist yet. */
    private readonly skipped = new Set<string>();

    constructor(deployment: Deployment) {
        this.deployment = deployment;
        this.aliases = new Aliases(deployment.file.state);
    }

    async register(goal: Goal): Promise<void> {
        await this.deployment.track(goal.resource.urn, this.place(goal));
    }

    /** Resources of the state that the program did not register. */
    leftovers(): Resource[] {
        const { resources } = this.deployment.file.state;
        const { registered } = this.deployment;
        return resources.filter(
            (entry) => entry.delete === true || (!registered.has(entry.urn) && !this.matched.has(entry)),
        );
    }

    /** The resource in the state that a registration refers to, by its URN or an alias. */
    private former({ resource, aliases }: Goal): Resource | undefined {
        const { urn, type, name, parent } = resource;
        for (const candidate of [urn, ...this.aliases.of(type, name, parent, aliases)]) {
            const found = this.deployment.former(candidate);
            if (found === undefined) continue;
            if (this.matched.has(found)) throw new Error(`${candidate} is claimed by ${urn} and by another resource`);
            if (candidate !== urn) {
                this.aliases.use(urn, candidate);
                this.deployment.rename(found, urn);
            }
            this.matched.add(found);
            return found;
        }
        return undefined;
    }

    private async place(goal: Goal): Promise<void> {
        const { deployment } = this;
        const { resource: next } = goal;
        if (deployment.registered.has(next.urn)) throw new Error(`Duplicate resource URN '${next.urn}'`);
        deployment.registered.set(next.urn, next);
        deployment.keepSecret(next.inputs);
        const known = this.former(goal);
        let old = known;
        if (untouched(next, deployment.options.targets)) {
            this.leave(next, known);
            return;
        }
        const { parent = "", provider: reference, deletedWith = "" } = next;
        const needed = [parent, deletedWith, ...next.dependencies, reference ? providerIn(reference).urn : ""];
        const missing = needed.find((urn) => this.skipped.has(urn));
        if (missing !== undefined) deployment.object(`${next.urn} needs ${missing}, which is not a target`, next.urn);
        const provider = deployment.providers.for(next);
        const again = known !== undefined && this.condemned.has(known);
        if (old?.external === true || (next.importId !== undefined && (old?.importId ?? old?.id) !== next.importId))
            old = await this.adopt(next, old);
        // Checked again as a new resource if it is replaced. Then no value comes from the old one.
        const given = { ...next };
        if (old !== undefined) {
            const { inputs, missed } = ignoring(next.inputs, old.inputs, next.ignoreChanges ?? []);
            next.inputs = inputs;
            for (const path of missed) deployment.log("info", `cannot ignore changes at ${path}`, next.urn);
        }
        next.inputs = (await (again ? provider?.check(given) : provider?.check(next, old))) ?? next.inputs;
        if (again) return this.make("replace", next, undefined, undefined, known);
        if (old === undefined) return this.make("create", next);
        const difference = this.compare(old, next, provider);
        if (difference.replaces.length > 0 || difference.replace === true || old.pendingReplacement === true) {
            if (old.protect === true && next.protect === true)
                deployment.object(`cannot replace ${next.name}: it is protected`, next.urn);
            next.inputs = (await provider?.check(given)) ?? given.inputs;
            this.replaced.add(next.urn);
            if (old.pendingReplacement === true) return this.make("replace", next, difference, undefined, old);
            if (!(goal.deleteBeforeReplace ?? difference.deleteBeforeReplace))
                return this.make("replace", next, difference, undefined, undefined, old);
            const others = cascade(deployment, old, next.urn);
            for (const other of others) this.condemned.add(other);
            await removeForReplacement(deployment, [...others.reverse(), old]);
            return this.make("replace", next, difference, undefined, old);
        }
        Object.assign(next, { id: old.id, outputs: old.outputs, fieldManager: old.fieldManager });
        if (Object.keys(difference.changes).length > 0 || (old.initErrors && next.custom))
            return this.make("update", next, difference, old);
        next.outputs = hideOutputs(next.outputs, next.additionalSecretOutputs);
        // An adopted resource is not a second step.
        if (old === known) {
            deployment.step("same", next);
            deployment.count("same");
        }
        deployment.store(old, next);
    }

    private compare(old: Resource, next: Resource, provider: Provider | undefined): Difference {
        const because = (reason?: string): Difference => ({
            ...{ changes: {}, replaces: reason === undefined ? [] : [reason] },
            ...{ replace: true, deleteBeforeReplace: false },
        });
        const [was, is] = [reveal(old.replacementTrigger ?? null), reveal(next.replacementTrigger ?? null)];
        const known = was !== null && is !== null && JSON.stringify(was) !== JSON.stringify(is);
        if (known || JSON.stringify([was, is]).includes(UNKNOWN)) return because();
        if (next.replaceWith?.some((urn) => this.replaced.has(urn))) return because("replaceWith");
        if (this.replaced.has(next.deletedWith ?? "")) return because("deletedWith");
        if (this.deployment.providers.moved(old, next)) return because("provider");
        const difference = provider?.diff(old, next) ?? compare(old.inputs, next.inputs, []);
        return decide(difference, next.custom ? next.ignoreChanges : [], next.replaceOnChanges);
    }

    /**
     * Creates or updates a resource.
     *
     * @param old is updated in place.
     * @param gone was already deleted.
     * @param later is deleted at the end of the run.
     */
    private async make(
        op: "create" | "update" | "replace",
        next: Resource,
        difference?: Difference,
        old?: Resource,
        gone?: Resource,
        later?: Resource,
    ): Promise<void> {
        const { deployment } = this;
        deployment.step(op, next, difference);
        const provider = deployment.providers.for(next);
        if (deployment.preview || old === undefined) next.outputs = provider?.foresee(next, old) ?? next.outputs;
        next.outputs = hideOutputs(next.outputs, next.additionalSecretOutputs);
        if (deployment.preview) {
            deployment.count(op);
            return;
        }
        const act = async (run: Run): Promise<void> => {
            try {
                await (old ? provider?.update(next, old, run) : provider?.create(next, run));
            } finally {
                next.outputs = hideOutputs(next.outputs, next.additionalSecretOutputs);
            }
        };
        await deployment.perform(op, next, act, () => {
            deployment.store(old ?? gone, next);
            if (later !== undefined) later.delete = true;
        });
        deployment.count(op);
    }

    /** Adopts an existing object; without an ID to import, one that was only read before. */
    private async adopt(next: Resource, old: Resource | undefined): Promise<Resource | undefined> {
        const { deployment } = this;
        const id = next.importId;
        if (old !== undefined) {
            if (id === undefined || old.external !== true)
                throw new Error(
                    `The lab's engine does not serve ${id ? "an import" : "a creation"} in place of ${old.urn}.`,
                );
        }
        const found: Resource = { ...next, id, inputs: {}, outputs: {} };
        if (!(await deployment.providers.for(next)?.adopt(found)))
            throw new Error(`resource '${id ?? ""}' does not exist`);
        deployment.step("import", { ...found, inputs: next.inputs });
        deployment.count("import");
        if (!deployment.preview)
            await deployment.perform(
                "import",
                found,
                () => Promise.resolve(),
                () => {
                    deployment.store(old, found);
                },
            );
        return found;
    }

    /** Keeps a resource that is not a target unchanged. */
    private leave(next: Resource, old: Resource | undefined): void {
        this.deployment.step("same", old ?? { ...next, inputs: {} });
        this.deployment.count("same");
        if (old === undefined) {
            this.skipped.add(next.urn);
            next.outputs = next.inputs;
            return;
        }
        Object.assign(next, old, { urn: next.urn });
    }

    /** Reads an object of another owner. A preview without a cluster assumes that it exists. */
    async read(resource: Resource): Promise<void> {
        const { deployment } = this;
        const old = this.former({ resource, aliases: [] });
        deployment.registered.set(resource.urn, resource);
        // What is read under the id that it was made with leaves Pulumi's hands and stays in the cluster.
        if (old !== undefined && old.external !== true && old.id !== resource.id)
            throw deployment.refuse(
                `The lab's engine does not serve the reading of something else than it has made.`,
                resource.urn,
            );
        deployment.step("read", { ...resource, inputs: {} });
        if (old !== undefined) deployment.count("read");
        if (this.isBlind()) return;
        if (!(await this.exists(resource)))
            throw deployment.refuse(`resource '${resource.id ?? ""}' does not exist`, resource.urn);
        resource.inputs = {};
        deployment.store(old, resource);
    }

    /** Whether an object is there; undefined in a preview without a cluster, which cannot tell. */
    async exists(resource: Resource): Promise<boolean | undefined> {
        if (this.isBlind()) return undefined;
        return (await this.deployment.providers.for(resource)?.adopt(resource)) === true;
    }

    private isBlind(): boolean {
        return this.deployment.preview && this.deployment.options.kubeconfig === undefined;
    }

    /** Deletes resources that the program did not register. */
    async finish(): Promise<void> {
        await remove(this.deployment, this.leftovers());
    }
}
