import type { Providers } from "./providers";
import type { StateFile } from "./stateFile";
import * as types from "./types";
import type { Difference, Failure, PlanStep, Resource, StepKind } from "./types";
import { hide, mapValue, secretTexts } from "./values";

/** The run ends: no new operation starts. */
export class Stopped extends Error {}

/** One run: its results and messages, and the state, which is correct at every moment. */
export class Deployment {
    public readonly steps: PlanStep[] = [];
    /** The number of operations that completed, or would. */
    public readonly counts: types.EngineResult["summary"] = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
    public readonly diagnostics: types.Diagnostic[] = [];
    public readonly registered = new Map<string, Resource>();
    public failed: string | undefined;
    public failure: Failure | undefined;
    /**
     * True after a resource failed or something was rejected. The program is being ended, and its further messages are
     * ignored.
     */
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

    /** Removes the secrets of a value from all further messages. */
    keepSecret(value: unknown): void {
        for (const text of secretTexts(value)) if (text.length > 3) this.secrets.add(text);
    }

    /** A message without the secrets of this run. */
    clean(message: string): string {
        return [...this.secrets].reduce((text, value) => text.replaceAll(value, "[secret]"), message);
    }

    /** Ends the run with a reason. Operations in progress are completed. */
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

    /** Rejects something. A preview continues, so that it reports everything that would be rejected. */
    object(message: string, urn: string, failure: Failure = { kind: "refused", urn }): void {
        if (!this.preview) throw this.refuse(message, urn, failure);
        this.log("error", message, urn);
        this.fail(message, failure);
    }

    async settled(): Promise<void> {
        while (this.busy.size > 0) await Promise.allSettled(this.busy);
    }

    /** Runs work whose failure ends the run. */
    async track(urn: string, work: Promise<void>): Promise<void> {
        const tracked = work.catch((error: unknown) => {
            throw error instanceof Stopped ? error : this.refuse((error as Error).message, urn);
        });
        this.busy.add(tracked);
        await tracked.finally(() => this.busy.delete(tracked));
    }

    /**
     * Runs one operation between two entries in the state: its start and its result.
     *
     * @param record Writes the result into the state.
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

    /** Replaces a resource in the state; without a new one, removes the old one. */
    store(old?: Resource, next?: Resource): void {
        if (this.preview) return;
        const { state } = this.file;
        const others = state.resources.filter((entry) => entry !== old && entry !== next);
        state.resources = next === undefined ? others : [...others, next];
    }

    /** Changes the URN of a resource in the state, including all references to it. */
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
        // For providers and components, the CLI only shows that they change.
        const detailed = custom && !type.startsWith("pulumi:providers:");
        if (difference !== undefined && detailed) step.detailedDiff = difference.changes;
        if (difference !== undefined && op === "replace") step.replaceReasons = difference.replaces;
        this.steps.push(step);
    }
}
