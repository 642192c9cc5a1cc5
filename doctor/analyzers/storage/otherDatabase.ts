import { at, isPlainObject, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import {
    collectorFilesOf,
    kindOf,
    nameOfFile,
    pipelinesOf,
    type CollectorFile,
} from "../../inventory/collectorPipelines";
import { editFile } from "../../remediation/collectorFile";
import type { Draft } from "../draft";

type Cause = Omit<Draft, "id" | "values" | "expected">;

/** A database of a file, by its path of keys in it. */
interface Database {
    file: CollectorFile;
    keys: string[];
    kind: string;
}

const SEARCH = [["indices", "index_prefix"], ["use_aliases"], ["server_urls"]];
/**
 * What tells a place in one kind of database from another, below the backend.
 *
 * Source: https://github.com/jaegertracing/jaeger/tree/v2.13.0/internal/storage
 */
const PLACES: Partial<Record<string, string[][]>> = {
    elasticsearch: SEARCH,
    opensearch: SEARCH,
    cassandra: [
        ["schema", "keyspace"],
        ["connection", "servers"],
    ],
    grpc: [["endpoint"]],
    clickhouse: [["database"], ["addresses"]],
};

/** A query server that reads in another place than the one into which collectors or ingesters write. */
export function readElsewhere(evidence: Evidence): Cause | undefined {
    const { collector, ingesters, queryFiles, query } = evidence;
    if (queryFiles === undefined) return undefined;
    const writing = (ingesters?.files ?? collectorFilesOf(evidence)).flatMap(writtenIn);
    const reading = collectorFilesOf({ collector, collectorFiles: queryFiles }).flatMap(readIn);
    for (const read of reading) {
        const differences = writing.map((written) => differenceOf(written, read));
        const [first] = differences;
        // One of several places that are written is enough.
        if (first === undefined || differences.includes(undefined)) continue;
        const { says, edit } = first;
        return {
            resource: nameOfFile(read.file),
            got: says,
            cure:
                edit === undefined
                    ? "Name the same storage in both."
                    : "Use the same value in both. The command makes the query server read from where spans are " +
                      "written now; if the other value is the right one, change it where spans are written.",
            commands: edit === undefined ? [] : editFile(read.file, [edit], query.pods),
            standing: true,
        };
    }
    return undefined;
}

function writtenIn(file: CollectorFile): Database[] {
    return pipelinesOf(file.config)
        .flatMap(({ exporters }) => exporters)
        .filter((name) => kindOf(name) === "jaeger_storage_exporter")
        .flatMap((name) => databaseOf(file, textAt(file.config, "exporters", name, "trace_storage")));
}

function readIn(file: CollectorFile): Database[] {
    return databaseOf(file, textAt(file.config, "extensions", "jaeger_query", "storage", "traces"));
}

function databaseOf(file: CollectorFile, backend: string | undefined): Database[] {
    if (backend === undefined) return [];
    const keys = ["extensions", "jaeger_storage", "backends", backend];
    return Object.keys(mapAt(file.config, ...keys))
        .filter((kind) => kind in PLACES && isPlainObject(at(file.config, ...keys, kind)))
        .map((kind) => ({ file, keys: [...keys, kind], kind }));
}

function differenceOf(
    written: Database,
    read: Database,
): { says: string; edit?: { keys: string[]; value: unknown } } | undefined {
    const from = nameOfFile(written.file);
    const isSearch = ["elasticsearch", "opensearch"];
    const isSameKind = written.kind === read.kind || [written, read].every(({ kind }) => isSearch.includes(kind));
    if (!isSameKind) return { says: `spans are written to ${written.kind} (${from}), and read from ${read.kind}` };
    for (const place of PLACES[read.kind] ?? []) {
        const [there, here] = [written, read].map(({ file, keys }) => at(file.config, ...keys, ...place));
        if (isSame(there, here)) continue;
        const keys = [...read.keys, ...place];
        return {
            says: `${keys.join(".")} is ${show(here)}, where the query server reads, but ${show(there)} in ${from}, where spans are written`,
            ...(!Array.isArray(here) && { edit: { keys, value: there ?? (here === true ? false : "") } }),
        };
    }
    return undefined;
}

/** Lists name servers of one cluster, so that one of them in both is enough. */
function isSame(left: unknown, right: unknown): boolean {
    if (Array.isArray(left) && Array.isArray(right)) return left.some((one) => right.includes(one));
    // The value of a variable is not known.
    if ([left, right].some((value) => typeof value === "string" && value.includes("${"))) return true;
    return (left ?? "") === (right ?? "") || (left ?? false) === (right ?? false);
}

function show(value: unknown): string {
    if (value === undefined) return "not set";
    return typeof value === "string" ? value : JSON.stringify(value);
}
