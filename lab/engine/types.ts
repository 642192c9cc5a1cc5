import type { Values } from "./values";

export type Operation = "preview" | "up" | "destroy" | "refresh";
export type StepKind = "create" | "update" | "replace" | "delete" | "same" | "refresh" | "import" | "read" | "discard";
export type Severity = "debug" | "info" | "warning" | "error";

/** A message of the program or of the engine; `urn` names its resource. */
export type Diagnostic = { severity: Severity; message: string; urn?: string };

/** An event to show while the engine runs. */
export type EngineEvent =
    | ({ kind: "diagnostic" } & Diagnostic)
    | { kind: "program"; line: string }
    | ({ step: StepKind; type: string; name: string; urn: string } & (
          | { kind: "start" }
          | { kind: "done"; milliseconds: number }
          | { kind: "failed"; message: string }
          | { kind: "waiting"; reason: string }
      ));

export interface EngineOptions {
    operation: Operation;
    /** Folder with Pulumi.yaml. */
    projectDir: string;
    stack: string;
    /** Full keys (`istio-tracing:samplingPercent`) to values; objects as JSON. */
    config: Record<string, string>;
    secretKeys?: string[];
    stateFile: string;
    /** Without it, only a preview works. */
    kubeconfig?: string;
    /** Path of the helm binary. */
    helm: string;
    /** Added to the environment of the program and of helm. */
    environment?: Record<string, string>;
    /** URNs of the only resources to change, as with `--target`. */
    targets?: string[];
    report: (event: EngineEvent) => void;
    /** Starts nothing new and ends every wait, like an interrupt of the CLI. */
    signal?: AbortSignal;
}

export type Change = "add" | "update" | "delete" | "add-replace" | "update-replace" | "delete-replace";

/** What identifies a resource; parent and dependencies are URNs. */
interface Identity {
    urn: string;
    type: string;
    name: string;
    custom: boolean;
    parent?: string;
    dependencies: string[];
}

/** The operation on one resource, completed or planned; secrets appear as `[secret]`. */
export interface PlanStep extends Identity {
    op: StepKind;
    inputs?: Values;
    detailedDiff?: Record<string, Change>;
    replaceReasons?: string[];
}

/** The source of a failure: an operation on a resource, a rejection by the engine, or the program itself. */
export type Failure =
    | { kind: "operation"; step: StepKind; urn: string }
    | { kind: "refused" | "program"; urn?: string };

export interface EngineResult {
    summary: Record<"create" | "update" | "replace" | "delete" | "same", number> &
        Partial<Record<"import" | "read" | "discard", number>>;
    steps: PlanStep[];
    /** Stack outputs; secrets appear as `[secret]`, values that a preview cannot know as `[unknown]`. */
    outputs: Values;
    diagnostics: Diagnostic[];
    durationMs: number;
    /** From the start to the program's last registration. */
    lastRegistrationMs?: number;
    /** Why the run failed. The state contains everything that was created until then. */
    failed?: string;
    failure?: Failure;
}

/** The options of a resource that the state stores, in addition to its inputs. */
interface ResourceOptions {
    protect?: boolean;
    retainOnDelete?: boolean;
    /** Seconds. */
    timeouts?: { create?: number; update?: number; delete?: number };
    /** `URN::ID` of an explicit provider. */
    provider?: string;
    /** The resources on which each input depends. */
    propertyDependencies?: Record<string, string[]>;
    deletedWith?: string;
    replaceWith?: string[];
    replacementTrigger?: unknown;
    additionalSecretOutputs?: string[];
    ignoreChanges?: string[];
    replaceOnChanges?: string[];
    importId?: string;
}

/** One resource in the state. */
export interface Resource extends Identity, ResourceOptions {
    id?: string;
    inputs: Values;
    outputs: Values;
    /** True for a resource that the program only reads, and that another owner creates and deletes. */
    external?: true;
    fieldManager?: string;
    /** Why it exists but is not ready. The next run updates it and waits again. */
    initErrors?: string[];
    /** True if it is already replaced. It is deleted at the end of this run or the next one. */
    delete?: true;
    /** True if it was deleted and its replacement is still to be created. */
    pendingReplacement?: true;
}

/** An alternative URN of a resource in the state. Omitted parts are unchanged. */
export interface Alias {
    urn?: string;
    name?: string;
    type?: string;
    stack?: string;
    project?: string;
    parent?: string;
    noParent?: boolean;
}

/** The program's request. */
export interface Goal {
    resource: Resource;
    aliases: Alias[];
    deleteBeforeReplace?: boolean;
}

export interface Difference {
    changes: Record<string, Change>;
    /** Why it must be replaced. */
    replaces: string[];
    /** True if it must be replaced for a reason other than a property. */
    replace?: boolean;
    deleteBeforeReplace: boolean;
}

/**
 * Runs operations for one family of types, like a provider plugin. Each operation writes its result into the resource.
 */
export interface Provider {
    /** Inputs with the provider's defaults. */
    check: (resource: Resource, old?: Resource) => Values | Promise<Values>;
    diff: (old: Resource, next: Resource) => Difference;
    /** The outputs that a preview can know. */
    foresee: (next: Resource, old?: Resource) => Values;
    create: (resource: Resource, run: Run) => Promise<void>;
    update: (next: Resource, old: Resource, run: Run) => Promise<void>;
    delete: (resource: Resource, run: Run) => Promise<void>;
    /** False if the resource is gone. */
    read: (resource: Resource) => Promise<boolean>;
    /** Completes a resource from its type and ID; false if there is none. */
    adopt: (resource: Resource) => Promise<boolean>;
    /** Whether an interrupted creation, started at an ISO time, created the existing object. */
    made: (resource: Resource, since: string) => Promise<boolean>;
}

/** How an operation reports what it waits for, and receives the signal to end. */
export type Run = { waiting: (reason: string) => void; signal?: AbortSignal };

/** The object exists, but did not become ready. */
export class PartialError extends Error {}
