import type { Values } from "./values";

export type Operation = "preview" | "up" | "destroy" | "refresh";
export type StepKind = "create" | "update" | "replace" | "delete" | "same" | "refresh" | "import" | "read" | "discard";
export type Severity = "debug" | "info" | "warning" | "error";

/** A message of the program or of the engine; `urn` names the resource that it is about. */
export type Diagnostic = { severity: Severity; message: string; urn?: string };

/** Something worth showing while the engine runs. */
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
    /** Without one a preview works; everything else is refused. */
    kubeconfig?: string;
    /** Path of the helm binary. */
    helm: string;
    /** Added to the environment of the program and of helm. */
    environment?: Record<string, string>;
    /** URNs of the only resources to touch, as by `--target`. */
    targets?: string[];
    report: (event: EngineEvent) => void;
    /** Begins nothing new and ends every wait, as an interrupt of the CLI does. */
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

/** What was, or would be, done with one resource; secrets show as `[secret]`. */
export interface PlanStep extends Identity {
    op: StepKind;
    inputs?: Values;
    detailedDiff?: Record<string, Change>;
    replaceReasons?: string[];
}

/** What went wrong: an operation on a resource, a refusal of the engine, or the program itself. */
export type Failure =
    { kind: "operation"; step: StepKind; urn: string } | { kind: "refused" | "program"; urn?: string };

export interface EngineResult {
    summary: Record<"create" | "update" | "replace" | "delete" | "same", number> &
        Partial<Record<"import" | "read" | "discard", number>>;
    steps: PlanStep[];
    /** Stack outputs; secrets show as `[secret]`, what a preview cannot know as `[unknown]`. */
    outputs: Values;
    diagnostics: Diagnostic[];
    durationMs: number;
    /** From the start to the program's last registration. */
    lastRegistrationMs?: number;
    /** Why the run failed; what was made until then is in the state. */
    failed?: string;
    failure?: Failure;
}

/** What the program says of a resource beside its inputs, as far as the state keeps it. */
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
    /** Read by the program, and somebody else's to make and delete. */
    external?: true;
    fieldManager?: string;
    /** Why it is not ready although it exists: the next run updates it and waits again. */
    initErrors?: string[];
    /** Already replaced: deleted at the end of this run, or of the next one. */
    delete?: true;
    /** Deleted before its replacement, which is still to be made. */
    pendingReplacement?: true;
}

/** Another URN under which a resource may stand in the state; what is left out is as it is now. */
export interface Alias {
    urn?: string;
    name?: string;
    type?: string;
    stack?: string;
    project?: string;
    parent?: string;
    noParent?: boolean;
}

/** What the program asks for. */
export interface Goal {
    resource: Resource;
    aliases: Alias[];
    deleteBeforeReplace?: boolean;
}

export interface Difference {
    changes: Record<string, Change>;
    /** Why it must be replaced. */
    replaces: string[];
    /** It must be replaced for a reason that is no property. */
    replace?: boolean;
    deleteBeforeReplace: boolean;
}

/** Runs operations for one family of types, as a provider plugin does. Each leaves its result in the resource. */
export interface Provider {
    /** Inputs with everything that the program left to the provider. */
    check: (resource: Resource, old?: Resource) => Values;
    diff: (old: Resource, next: Resource) => Difference;
    /** The outputs that a preview can promise. */
    foresee: (next: Resource, old?: Resource) => Values;
    create: (resource: Resource, run: Run) => Promise<void>;
    update: (next: Resource, old: Resource, run: Run) => Promise<void>;
    delete: (resource: Resource, run: Run) => Promise<void>;
    /** False when the resource is gone. */
    read: (resource: Resource) => Promise<boolean>;
    /** Fills in a resource of which only the type and the id are known; false when there is none. */
    adopt: (resource: Resource) => Promise<boolean>;
    /** Whether an interrupted creation, begun at an ISO time, made the object that is there now. */
    made: (resource: Resource, since: string) => Promise<boolean>;
}

/** How an operation tells what it waits for, and hears that it shall end. */
export type Run = { waiting: (reason: string) => void; signal?: AbortSignal };

/** The object exists, but did not become what it should be. */
export class PartialError extends Error {}
