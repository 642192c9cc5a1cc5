import type { Finding } from "../finding";
import { checkAnswered, serverFinding, type NamedServer, type NoAnswer } from "./server";

/** The major versions that Jaeger 2.13 takes. */
const TAKEN = [4, 5];

/** A Cassandra, as the settings have it. */
export interface WantedCassandra {
    server: string;
    datacenter: string;
    keyspace: string;
    replicationFactor: number;
    retentionHours: number;
    username?: string | undefined;
}

/** What a node told of itself, or why it did not. */
export type CassandraAnswer =
    | NoAnswer
    | {
          version: string;
          /** Of every node that it knows. */
          datacenters: string[];
          /** Undefined before Jaeger has made it. */
          keyspace: { replication: Record<string, string>; ttlSeconds: number | undefined } | undefined;
      };

/** Reports a Cassandra that Jaeger could not use, and a schema that says other things than the settings. */
export function checkCassandra(wanted: WantedCassandra, answer: CassandraAnswer): Finding[] {
    const server: NamedServer = {
        ...{ resource: wanted.server, prefix: "storage", username: wanted.username },
        settings: {
            ...{ address: "jaeger.storage.servers", tls: "jaeger.storage.tls" },
            ...{ username: "jaeger.storage.username", password: "jaegerStoragePassword" },
        },
    };
    if (!("version" in answer)) return checkAnswered(server, answer);
    const { version, datacenters, keyspace } = answer;
    return [
        ...(TAKEN.includes(Number(version.split(".")[0]))
            ? []
            : [
                  serverFinding(server, "version", {
                      expected: `Cassandra ${TAKEN.join(" or ")}, which Jaeger 2.13 supports`,
                      got: `Cassandra ${version}`,
                      cure: "Update the server, or choose another one in jaeger.storage.servers.",
                  }),
              ]),
        ...(datacenters.includes(wanted.datacenter)
            ? []
            : [
                  serverFinding(server, "datacenter", {
                      expected: `a node in the datacenter ${wanted.datacenter}, which jaeger.storage.datacenter names`,
                      got: `nodes in ${datacenters.join(", ")}`,
                      cure:
                          "Correct jaeger.storage.datacenter. With a name that no node has, every write of Jaeger " +
                          "fails.",
                  }),
              ]),
        ...(keyspace === undefined ? [] : schemaFindings(wanted, server, keyspace)),
    ];
}

/** What is in the tables holds, whatever the settings say later. */
function schemaFindings(
    { datacenter, keyspace, replicationFactor, retentionHours }: WantedCassandra,
    server: NamedServer,
    { replication, ttlSeconds }: { replication: Record<string, string>; ttlSeconds: number | undefined },
): Finding[] {
    const copies = Number(replication[datacenter] ?? replication["replication_factor"] ?? 0);
    const seconds = retentionHours * 3600;
    return [
        ...(copies === replicationFactor
            ? []
            : [
                  warning(server, "replication", {
                      expected: `${String(replicationFactor)} copies in ${datacenter}, as jaeger.storage.replicationFactor says`,
                      got: `${String(copies)} in the keyspace ${keyspace}`,
                      cure:
                          `Run in cqlsh: ALTER KEYSPACE ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', ` +
                          `'${datacenter}': '${String(replicationFactor)}'}; then on every node: nodetool repair ${keyspace}. ` +
                          "Or set jaeger.storage.replicationFactor to the current number.",
                  }),
              ]),
        ...(ttlSeconds === undefined || ttlSeconds === seconds
            ? []
            : [
                  warning(server, "retention", {
                      expected: `spans that live for ${String(seconds)} s, as jaeger.storage.retentionHours says`,
                      got: `${String(ttlSeconds)} s in the table ${keyspace}.traces`,
                      cure:
                          `Run in cqlsh, for each table of the keyspace: ALTER TABLE ${keyspace}.traces WITH ` +
                          `default_time_to_live = ${String(seconds)}. It applies to new spans.`,
                  }),
              ]),
    ];
}

function warning(server: NamedServer, id: string, words: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { ...serverFinding(server, id, words), severity: "warning" };
}
