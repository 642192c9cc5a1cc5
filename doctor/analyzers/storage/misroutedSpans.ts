import type { PodObject } from "../../../shared/kubernetes/objects";
import { isPlainObject, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import {
    collectorFilesOf,
    kindOf,
    nameOfFile,
    pipelinesOf,
    type CollectorFile,
    type TracesPipeline,
} from "../../inventory/collectorPipelines";
import { editFile, type Edit } from "../../remediation/collectorFile";
import type { Draft } from "../draft";

/** Exporters and connectors that neither store nor forward spans. */
const NOWHERE = ["debug", "logging", "nop", "file", "spanmetrics", "servicegraph", "count", "exceptions"];
const TO_STORAGE = "jaeger_storage_exporter";
/** Processors that may drop spans on purpose. */
const DROPPING = ["tail_sampling", "probabilistic_sampler", "filter"];

type Cause = Omit<Draft, "id" | "values" | "expected">;

/** A configuration of the collector that sends accepted spans elsewhere than where the doctor looks for them. */
export function misroutedSpans(evidence: Evidence): Cause | undefined {
    for (const { file, pods } of filesOnTheWay(evidence)) {
        const cause = withoutExporter(file, pods) ?? readFromOtherStorage(file, pods);
        if (cause !== undefined) return { ...cause, standing: true };
    }
    return undefined;
}

/** Files of the collector, and of those behind it, with the pods that read them. */
function filesOnTheWay(evidence: Evidence): { file: CollectorFile; pods: PodObject[] }[] {
    const { tiers = [], collector } = evidence;
    if (tiers.length === 0) return collectorFilesOf(evidence).map((file) => ({ file, pods: collector?.pods ?? [] }));
    return tiers.flatMap(({ files, pods }) => files.map((file) => ({ file, pods })));
}

/** Processors of a collector that may drop spans, each with its settings. */
export function droppersOf(evidence: Evidence): { resource: string; names: string[] } | undefined {
    const found = filesOnTheWay(evidence).flatMap(({ file }) => {
        const names = pipelinesOf(file.config).flatMap(({ processors }) =>
            processors
                .filter((name) => DROPPING.includes(kindOf(name)))
                .map((name) => describeDropper(name, mapAt(file.config, "processors", name))),
        );
        return names.length === 0 ? [] : [{ resource: nameOfFile(file), names: [...new Set(names)] }];
    });
    return found[0];
}

function describeDropper(name: string, settings: Record<string, unknown>): string {
    const percent = settings["sampling_percentage"];
    return kindOf(name) === "probabilistic_sampler" && typeof percent === "number"
        ? `${name} with sampling_percentage ${String(percent)}`
        : name;
}

/** Pipelines of traces without an exporter that stores or forwards spans. */
function withoutExporter(file: CollectorFile, pods: PodObject[]): Cause | undefined {
    const pipelines = pipelinesOf(file.config);
    const [first] = pipelines;
    // Without any exporter, the collector does not start.
    const lost = pipelines.every(
        ({ exporters }) => exporters.length > 0 && exporters.every((name) => NOWHERE.includes(kindOf(name))),
    );
    if (first === undefined || !lost) return undefined;
    const edits = storageEdits(file, first);
    return {
        resource: nameOfFile(file),
        got:
            `service.pipelines.${first.name}.exporters is ${first.exporters.join(", ")}, so the collector neither ` +
            "stores nor forwards the spans that it accepts",
        cure:
            edits.length === 0
                ? "Name an exporter there that forwards spans to a storage."
                : `Also name ${exporterIn(edits)} there.`,
        commands: edits.length === 0 ? [] : editFile(file, edits, pods),
    };
}

function exporterIn(edits: Edit[]): string {
    const exporters: unknown = edits.at(-1)?.value;
    return Array.isArray(exporters) ? String(exporters.at(-1)) : "an exporter";
}

/** Connects a pipeline to Jaeger's storage, or to the only other exporter of the configuration. */
function storageEdits({ config }: CollectorFile, { name, exporters }: TracesPipeline): Edit[] {
    const keys = ["service", "pipelines", name, "exporters"];
    const defined = Object.keys(mapAt(config, "exporters")).filter((one) => !NOWHERE.includes(kindOf(one)));
    const stored = defined.find((one) => kindOf(one) === TO_STORAGE);
    const [only, another] = defined;
    const chosen = stored ?? (another === undefined ? only : undefined);
    if (chosen !== undefined) return [{ keys, value: [...exporters, chosen] }];
    const [backend, second] = Object.keys(backendsIn(config));
    if (backend === undefined || second !== undefined || defined.length > 0) return [];
    return [
        { keys: ["exporters", TO_STORAGE], value: { trace_storage: backend } },
        { keys, value: [...exporters, TO_STORAGE] },
    ];
}

/** A Jaeger that writes to one storage and reads from another. */
function readFromOtherStorage(file: CollectorFile, pods: PodObject[]): Cause | undefined {
    const { config } = file;
    const written = pipelinesOf(config)
        .flatMap(({ exporters }) => exporters)
        .filter((name) => kindOf(name) === TO_STORAGE)
        .flatMap((name) => textAt(config, "exporters", name, "trace_storage") ?? []);
    const keys = ["extensions", "jaeger_query", "storage", "traces"];
    const asked = textAt(config, ...keys);
    const [only, another] = [...new Set(written)];
    if (asked === undefined || only === undefined || written.includes(asked)) return undefined;
    return {
        resource: nameOfFile(file),
        got: `${keys.join(".")} is ${asked}, but traces are written to ${written.join(", ")}`,
        cure: "Name the same storage in both.",
        commands: another === undefined ? editFile(file, [{ keys, value: only }], pods) : [],
    };
}

function backendsIn(config: Record<string, unknown>): Record<string, unknown> {
    const backends = mapAt(config, "extensions", "jaeger_storage", "backends");
    return Object.fromEntries(Object.entries(backends).filter(([, one]) => isPlainObject(one)));
}
