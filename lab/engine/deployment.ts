import { compare } from "./diff";
import type { Providers } from "./providers";
import type { StateFile } from "./stateFile";
import * as types from "./types";
import type { Difference, PlanStep, Resource, StepKind } from "./types";
import { hide, secretTexts } from "./values";

/** The run ends: nothing new is begun. */
export class Stopped extends Error {}

export const stackType = "pulumi:pulumi:Stack";

/** Decides what each registration means, does it, and keeps the state true at every moment. */
export class Deployment {
    public readonly steps: PlanStep[] = [];
    public readonly diagnostics: types.Diagnostic[] = [];
    public readonly registered = new Map<string, Resource>();
    public failed: string | undefined;
    /** A resource failed or something was refused: the program is being ended, what it still says is of no use. */
    public halted = false;
    public readonly file: StateFile;
    public readonly providers: Providers;
    public readonly options: types.EngineOptions;
    public readonly preview: boolean;
    private readonly busy = new Set<Promise<unknown>>();
    private readonly secrets = new Set<string>();

    constructor(file: StateFile, providers: Providers, options: types.EngineOptions) {
        this.file = file;
        this.providers = providers;
        this.options = options;
        this.preview = options.operation === "preview";
    }

    log(severity: types.Severity, message: string, urn?: string): void {
        const diagnostic = { severity, message: this.clean(message), urn: urn === "" ? undefined : urn };
        this.diagnostics.push(diagnostic);
        this.options.report({ kind: "diagnostic", ...diagnostic });
    }

    /** A message without any secret that this run has seen. */
    clean(message: string): string {
        return [...this.secrets].reduce((text, value) => text.replaceAll(value, "[secret]"), message);
    }

    /** Ends the run with a reason; what is under way goes on to its end. */
    refuse(message: string, urn?: string): Stopped {
        if (!this.halted) this.log("error", message, urn);
        this.halted = true;
        this.failed ??= this.clean(message);
        return new Stopped(message);
    }

    async settled(): Promise<void> {
        while (this.busy.size > 0) await Promise.allSettled(this.busy);
    }

    async register(next: Resource): Promise<void> {
        const work = this.place(next).catch((error: unknown) => {
            throw error instanceof Stopped ? error : this.refuse((error as Error).message, next.urn);
        });
        this.busy.add(work);
        await work.finally(() => this.busy.delete(work));
    }

    private async place(next: Resource): Promise<void> {
        if (this.registered.has(next.urn)) throw new Error(`Duplicate resource URN '${next.urn}'`);
        this.registered.set(next.urn, next);
        for (const value of secretTexts(next.inputs)) if (value.length > 3) this.secrets.add(value);
        const old = this.file.state.resources.find((entry) => entry.urn === next.urn && entry.delete !== true);
        const provider = this.providers.for(next);
        const given = { ...next };
        next.inputs = provider?.check(given, old) ?? given.inputs;
        if (old === undefined) return this.make("create", next);
        const difference = provider?.diff(old, next) ?? compare(old.inputs, next.inputs, []);
        if (difference.replaces.length > 0) {
            if (old.protect === true && next.protect !== false)
                throw new Error(`cannot replace ${next.name}: it is protected`);
            if (difference.deleteBeforeReplace) await this.remove([old], false);
            else {
                next.inputs = provider?.check(given) ?? given.inputs;
                if (!this.preview) old.delete = true;
            }
            return this.make("replace", next, difference);
        }
        Object.assign(next, { id: old.id, outputs: old.outputs, fieldManager: old.fieldManager });
        if (Object.keys(difference.changes).length > 0 || (old.initErrors && next.custom))
            return this.make("update", next, difference, old);
        this.step("same", next);
        this.store(old, next);
    }

    private async make(op: StepKind, next: Resource, difference?: Difference, old?: Resource): Promise<void> {
        this.step(op, next, difference);
        const provider = this.providers.for(next);
        if (this.preview || old === undefined) next.outputs = provider?.foresee(next, old) ?? next.outputs;
        const act = async (run: types.Run) => (old ? provider?.update(next, old, run) : provider?.create(next, run));
        if (!this.preview) await this.perform(op, next, act, old);
    }

    /** Reads an object of somebody else's; a preview without a cluster believes that it is there. */
    async read(resource: Resource): Promise<void> {
        if (this.preview && this.options.kubeconfig === undefined) return;
        if (await this.providers.for(resource)?.read(resource)) return;
        throw this.refuse(`resource '${resource.id ?? ""}' does not exist`, resource.urn);
    }

    /** Does one operation between two entries in the state: that it begins, and what came of it. */
    private async perform(
        step: StepKind,
        resource: Resource,
        action: (run: types.Run) => Promise<void>,
        old?: Resource,
    ): Promise<void> {
        const { signal, report } = this.options;
        if (this.halted || signal?.aborted) throw new Stopped();
        const subject = { step, type: resource.type, name: resource.name, urn: resource.urn };
        const pending = { step, resource, since: new Date().toISOString() };
        const began = performance.now();
        if (resource.custom) {
            this.file.state.pending.push(pending);
            await this.file.save();
        }
        report({ kind: "start", ...subject });
        let said = "";
        const waiting = (reason: string): void => {
            if (reason !== said) report({ kind: "waiting", ...subject, reason: this.clean(reason) });
            said = reason;
        };
        let error: Error | undefined;
        await action({ signal, waiting }).catch((thrown: unknown) => (error = thrown as Error));
        resource.initErrors = error && [this.clean(error.message)];
        const known = error === undefined || error instanceof types.PartialError;
        if (step === "delete" ? error === undefined : known)
            this.store(old ?? resource, step === "delete" ? undefined : resource);
        this.file.state.pending = this.file.state.pending.filter((entry) => entry !== pending);
        await this.file.save();
        if (error !== undefined) {
            const message = this.clean(`${resource.type} ${resource.name}: ${step} failed: ${error.message}`);
            report({ kind: "failed", ...subject, message });
            throw this.refuse(message, resource.urn);
        }
        report({ kind: "done", ...subject, milliseconds: performance.now() - began });
    }

    /** Puts a resource into the state in place of an old one; without a new one, takes that out. */
    private store(old?: Resource, next?: Resource): void {
        if (this.preview) return;
        const others = this.file.state.resources.filter((entry) => entry !== old && entry !== next);
        this.file.state.resources = next === undefined ? others : [...others, next];
    }

    /** What the state has and the program did not ask for. */
    leftovers(): Resource[] {
        return this.file.state.resources.filter((entry) => entry.delete === true || !this.registered.has(entry.urn));
    }

    /** Deletes resources, each after all that depend on it; independent ones at the same time. */
    async remove(targets: Resource[], shown = true): Promise<void> {
        const guarded = targets.find((entry) => entry.protect === true && entry.delete !== true);
        if (guarded !== undefined) throw this.refuse(`cannot delete ${guarded.name}: it is protected`, guarded.urn);
        const running = new Map<Resource, Promise<void>>();
        const once = (target: Resource): Promise<void> => {
            const work = running.get(target) ?? Promise.resolve().then(() => one(target));
            running.set(target, work);
            return work;
        };
        const one = async (target: Resource): Promise<void> => {
            const { urn } = target;
            await Promise.all(targets.filter((entry) => entry.urn !== urn && leansOn(entry, urn)).map(once));
            if (shown && target.delete !== true) this.step("delete", target);
            if (this.preview) return;
            const provider = target.retainOnDelete === true ? undefined : this.providers.for(target);
            await this.perform("delete", target, async (run) => provider?.delete(target, run));
        };
        const results = await Promise.allSettled(targets.map(once));
        for (const result of results) if (result.status === "rejected") throw result.reason as Error;
    }

    step(op: StepKind, resource: Resource, difference?: Difference): void {
        const { urn, type, name, custom, parent, dependencies } = resource;
        const step: PlanStep = { op, urn, type, name, custom, parent, dependencies };
        if (op !== "delete") step.inputs = hide(resource.inputs);
        if (difference !== undefined && custom) step.detailedDiff = difference.changes;
        if (difference !== undefined && op === "replace") step.replaceReasons = difference.replaces;
        this.steps.push(step);
    }
}

/** Whether a resource needs another one to live. */
function leansOn({ parent, dependencies }: Resource, urn: string): boolean {
    return parent === urn || dependencies.includes(urn);
}
