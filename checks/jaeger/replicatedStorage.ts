import type { Manifest } from "../../shared/kubernetes/manifest";
import type { ParseYaml } from "../../shared/values/parseYaml";
import { at, mapAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { jaegerConfigsOf } from "./configuration";

/** Kinds of Jaeger's storage that keep spans in indices. */
const SEARCH = ["elasticsearch", "opensearch"];

/** Reports storages that Jaeger sets up with one copy of each span, which is lost with one node of theirs. */
export function checkReplicatedStorage(objects: Manifest[], parseYaml: ParseYaml): Finding[] {
    return objects.flatMap((object) =>
        jaegerConfigsOf(object, parseYaml).flatMap(({ config, ...source }) =>
            Object.entries(mapAt(config, "extensions", "jaeger_storage", "backends")).flatMap(([name, backend]) =>
                singleCopies(backend).map(({ what, cure }) => ({
                    ...{ id: "jaeger-storage-replicated", severity: "error" as const },
                    ...{ resource: source.resource, object: source.object },
                    expected: "two copies or more of each span",
                    got: `the backend ${name}: ${what}`,
                    cure,
                })),
            ),
        ),
    );
}

function singleCopies(backend: unknown): { what: string; cure: string }[] {
    return [...singleKeyspace(backend), ...SEARCH.flatMap((type) => singleIndices(backend, type))];
}

/** Without a number, Jaeger makes one copy. A keyspace that somebody else makes is not visible here. */
function singleKeyspace(backend: unknown): { what: string; cure: string }[] {
    const cassandra = at(backend, "cassandra");
    const written = at(cassandra, "schema", "replication_factor");
    const copies = typeof written === "number" ? written : 1;
    if (cassandra === undefined || at(cassandra, "schema", "create") === false || copies > 1) return [];
    return [
        {
            what: `cassandra.schema.replication_factor ${String(copies)}`,
            cure:
                "Set jaeger.storage.replicationFactor to 3. It applies only when Jaeger creates the keyspace; for an " +
                "existing keyspace, run ALTER KEYSPACE in cqlsh, then nodetool repair on every node: see npm run " +
                "preflight.",
        },
    ];
}

function singleIndices(backend: unknown, type: string): { what: string; cure: string }[] {
    return Object.entries(mapAt(backend, type, "indices"))
        .filter(([, index]) => at(index, "replicas") === 0)
        .map(([kind]) => ({
            what: `${type}.indices.${kind}.replicas 0`,
            cure: "Remove replicas from jaeger.config, or set it to 1 or more. It applies to new indices.",
        }));
}
