import type { Providers } from "./providers";
import type { StateFile } from "./stateFile";
import * as types from "./types";
import type { Difference, Failure, PlanStep, Resource, StepKind } from "./types";
import { hide, mapValue, secretTexts } from "./values";

/** The run ends: nothing new is begun. */
export class Stopped extends Error {}

/** One run: what it has done and said, and the state, which it keeps true at every moment. */
export class Deployment {
    public readonly steps: PlanStep[] = [];
    /** How many operations came to their end, or would. */
    public readonly counts: types.EngineResult["summary"] = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
    public readonly diagnostics: types.Diagnostic[] = [];
    public readonly registered = new Map<string, Resource>();
    public failed: string | undefined;
    public failure: Failure | undefined;
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
        providers.lookUp((urn) => this.registered.get(urn) ?? this.former(urn));
    }

    /** The resource of a URN in the state. */
    former(urn: string): Resource | undefined {
        return this.file.state.resources.find((entry) => entry.urn === urn && entry.delete !== true);
    }

    log(severity: types.Severity, message: string, urn?: string): void {
        const diagnostic = { severity, message: this.clean(message), urn: urn === "" ? undefined : urn };
        this.diagnostics.push(diagnostic);
        this.options.report({ kind: "diagnostic", ...diagnostic });
    }

    /** Keeps the secrets of a value out of every message from now on. */
    keepSecret(value: unknown): void {
        for (const text of secretTexts(value)) if (text.length > 3) this.secrets.add(text);
    }

    /** A message without any secret that this run has seen. */
    clean(message: string): string {
        return [...this.secrets].reduce((text, value) => text.replaceAll(value, "[secret]"), message);
    }

    /** Ends the run with a reason; what is under way goes on to its end. */
    refuse(message: string, urn?: string, failure: Failure = { kind: "refused", urn }): Stopped {
        if (!this.halted) this.log("error", message, urn);
        this.halted = true;
        this.fail(message, failure);
        return new Stopped(message);
    }

    fail(message: string, failure: Failure): void {
        this.failed ??= this.clean(message);
        this.failure ??= failure;
    }

    /** Refuses something; a preview goes on, so that all that would be refused is heard of at once. */
    object(message: string, urn: string, failure: Failure = { kind: "refused", urn }): void {
        if (!this.preview) throw this.refuse(message, urn, failure);
        this.log("error", message, urn);
        this.fail(message, failure);
    }

    async settled(): Promise<void> {
        while (this.busy.size > 0) await Promise.allSettled(this.busy);
    }

    /** Does some work whose failure ends the run. */
    async track(urn: string, work: Promise<void>): Promise<void> {
        const tracked = work.catch((error: unknown) => {
            throw error instanceof Stopped ? error : this.refuse((error as Error).message, urn);
        });
        this.busy.add(tracked);
        await tracked.finally(() => this.busy.delete(tracked));
    }

    /**
     * Does one operation between two entries in the state: that it begins, and what came of it.
     *
     * @param record Writes into the state what came of it.
     */
    async perform(
        step: StepKind,
        resource: Resource,
        action: (run: types.Run) => Promise<void>,
        record: () => void,
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
        if (step === "delete" ? error === undefined : known) record();
        this.file.state.pending = this.file.state.pending.filter((entry) => entry !== pending);
        await this.file.save();
        if (error !== undefined) {
            const message = this.clean(`${resource.type} ${resource.name}: ${step} failed: ${error.message}`);
            report({ kind: "failed", ...subject, message });
            throw this.refuse(message, resource.urn, { kind: "operation", step, urn: resource.urn });
        }
        report({ kind: "done", ...subject, milliseconds: performance.now() - began });
    }

    /** Puts a resource into the state in place of an old one; without a new one, takes that out. */
    store(old?: Resource, next?: Resource): void {
        if (this.preview) return;
        const { state } = this.file;
        const others = state.resources.filter((entry) => entry !== old && entry !== next);
        state.resources = next === undefined ? others : [...others, next];
    }

    /** Gives a resource of the state another URN, also wherever others speak of it. */
    rename(resource: Resource, urn: string): void {
        const former = resource.urn;
        const renamed = (part: unknown): string | undefined => {
            if (typeof part !== "string" || (part !== former && !part.startsWith(`${former}::`))) return undefined;
            return urn + part.slice(former.length);
        };
        for (const entry of this.file.state.resources) {
            const { inputs, outputs, replacementTrigger, ...about } = entry;
            Object.assign(entry, mapValue({ ...about, urn: undefined }, renamed));
            Object.assign(entry, { urn: about.urn, inputs, outputs, replacementTrigger });
        }
        resource.urn = urn;
    }

    count(op: Exclude<StepKind, "refresh">): void {
        this.counts[op] = (this.counts[op] ?? 0) + 1;
    }

    step(op: StepKind, resource: Resource, difference?: Difference): void {
        const { urn, type, name, custom, parent, dependencies } = resource;
        const step: PlanStep = { op, urn, type, name, custom, parent, dependencies };
        if (op !== "delete") step.inputs = hide(resource.inputs);
        // Of providers and components the CLI tells only that they change.
        const detailed = custom && !type.startsWith("pulumi:providers:");
        if (difference !== undefined && detailed) step.detailedDiff = difference.changes;
        if (difference !== undefined && op === "replace") step.replaceReasons = difference.replaces;
        this.steps.push(step);
    }
}
