import * as fs from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { readProcess } from "../cluster/processes";
import type { Diagnostic, EngineEvent, EngineResult, PlanStep, Severity, StepKind } from "../engine";

/** The fields of the CLI's logged engine events that this file reads (apitype.EngineEvent of the Pulumi SDK). */
interface LoggedEvent {
    diagnosticEvent?: { urn?: string; message: string; severity: string; ephemeral?: boolean };
    stdoutEvent?: { message: string };
    resourcePreEvent?: { metadata: Metadata };
    resOutputsEvent?: { metadata: Metadata };
    resOpFailedEvent?: { metadata: Metadata };
    summaryEvent?: { resourceChanges?: Record<string, number> };
}

interface Metadata {
    op: string;
    urn: string;
    type: string;
    old?: { custom?: boolean; parent?: string } | null;
    new?: { custom?: boolean; parent?: string } | null;
    keys?: string[];
    detailedDiff?: Record<string, { diffKind: string }> | null;
}

/** The CLI's operations as the lab's kinds of steps. Parts of a replacement appear as the replacement. */
const KINDS: Record<string, StepKind> = {
    create: "create",
    update: "update",
    replace: "replace",
    "create-replacement": "replace",
    delete: "delete",
    "delete-replaced": "delete",
    same: "same",
    refresh: "refresh",
    read: "read",
    import: "import",
    discard: "discard",
};

/** Name of the event log of a process. */
export function eventLogName(pid: number): string {
    return `pulumi-events.${String(pid)}.jsonl`;
}

/** Removes the event logs of killed runs, which contain the inputs of resources. */
export function removeLeftEventLogs(folder: string): void {
    for (const name of fs.readdirSync(folder)) {
        const pid = Number(/^pulumi-events\.(\d+)\.jsonl$/.exec(name)?.[1]);
        if (!Number.isNaN(pid) && readProcess(pid) === undefined) fs.rmSync(join(folder, name), { force: true });
    }
}

/** The CLI's operations, from its event log while it runs. */
export class EventLog {
    public readonly steps: PlanStep[] = [];
    public readonly diagnostics: Diagnostic[] = [];
    public readonly summary: EngineResult["summary"] = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
    private readonly file: string;
    private readonly report: (event: EngineEvent) => void;
    private readonly begun = new Map<string, number>();
    private readonly timer: NodeJS.Timeout;
    private readonly decoder = new StringDecoder("utf8");
    private position = 0;
    private rest = "";

    /** @param file The CLI creates it. An existing one from an earlier run is removed. */
    constructor(file: string, report: (event: EngineEvent) => void) {
        fs.rmSync(file, { force: true });
        this.file = file;
        this.report = report;
        this.timer = setInterval(() => {
            this.read();
        }, 100);
    }

    /** Reads the rest, and removes the file, which contains the inputs of resources. */
    close(): void {
        clearInterval(this.timer);
        this.read();
        fs.rmSync(this.file, { force: true });
    }

    private read(): void {
        if (!fs.existsSync(this.file)) return;
        const handle = fs.openSync(this.file, "r");
        const chunk = Buffer.alloc(fs.fstatSync(handle).size - this.position);
        this.position += fs.readSync(handle, chunk, 0, chunk.length, this.position);
        fs.closeSync(handle);
        const lines = `${this.rest}${this.decoder.write(chunk)}`.split("\n");
        this.rest = lines.pop() ?? "";
        for (const line of lines) if (line.trim() !== "") this.take(JSON.parse(line) as LoggedEvent);
    }

    private take(event: LoggedEvent): void {
        if (event.diagnosticEvent !== undefined) this.diagnostic(event.diagnosticEvent);
        if (event.stdoutEvent !== undefined) this.report({ kind: "program", line: plain(event.stdoutEvent.message) });
        if (event.resourcePreEvent !== undefined) this.start(event.resourcePreEvent.metadata);
        if (event.resOutputsEvent !== undefined) this.done(event.resOutputsEvent.metadata);
        for (const [op, count] of Object.entries(event.summaryEvent?.resourceChanges ?? {})) {
            const kind = KINDS[op];
            if (kind !== undefined && kind !== "refresh") this.summary[kind] = (this.summary[kind] ?? 0) + count;
        }
    }

    private diagnostic({ urn, message, severity, ephemeral }: NonNullable<LoggedEvent["diagnosticEvent"]>): void {
        const text = plain(message).trim();
        if (text === "" || severity === "debug") return;
        if (ephemeral === true) {
            if (urn !== undefined && urn !== "") this.report({ kind: "waiting", ...subject(urn), reason: text });
            return;
        }
        // The CLI reports the program's own output as information.
        if (severity.startsWith("info")) {
            this.report({ kind: "program", line: text });
            return;
        }
        const diagnostic = { severity: severity as Severity, message: text, urn: urn === "" ? undefined : urn };
        this.diagnostics.push(diagnostic);
        this.report({ kind: "diagnostic", ...diagnostic });
    }

    private start(metadata: Metadata): void {
        const { op, urn, type, keys = [], detailedDiff } = metadata;
        const kind = KINDS[op];
        if (kind === undefined) return;
        this.begun.set(`${op} ${urn}`, performance.now());
        const now = metadata.new ?? metadata.old;
        const step: PlanStep = {
            ...{ op: kind, urn, type, name: nameOf(urn), custom: now?.custom ?? false, dependencies: [] },
            parent: now?.parent === "" ? undefined : now?.parent,
        };
        if (detailedDiff != null)
            step.detailedDiff = Object.fromEntries(
                Object.entries(detailedDiff).map(([path, { diffKind }]) => [path, diffKind]),
            ) as PlanStep["detailedDiff"];
        if (kind === "replace") step.replaceReasons = keys;
        // A replacement is logged as a whole and in its parts.
        if (op !== "create-replacement" && op !== "delete-replaced") this.steps.push(step);
        this.report({ kind: "start", ...subject(urn, type), step: kind });
    }

    private done({ op, urn, type }: Metadata): void {
        const kind = KINDS[op];
        if (kind === undefined || op === "replace") return;
        const milliseconds = performance.now() - (this.begun.get(`${op} ${urn}`) ?? performance.now());
        this.report({ kind: "done", ...subject(urn, type), step: kind, milliseconds });
    }
}

function subject(urn: string, type = typeOf(urn)): { step: StepKind; type: string; name: string; urn: string } {
    return { step: "same", type, name: nameOf(urn), urn };
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
const typeOf = (urn: string): string => (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";

/** A message without the CLI's color marks. */
function plain(message: string): string {
    return message.replaceAll(/<\{%[^%]*%\}>/g, "").trimEnd();
}
