import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { ensureCassandra } from "../../../lab/images/cassandra";
import { inLab, killServer, listens, writeCertificate, type ServerTls } from "./labServer";

const PORT = 19142;
const NAME = "cassandra.example.com";
const LOG = `<configuration>
    <appender name="NONE" class="ch.qos.logback.core.helpers.NOPAppender" />
    <root level="WARN"><appender-ref ref="NONE" /></root>
</configuration>
`;

/** A real Cassandra of one node beside the lab's, with TLS and a login of its own. */
export interface CassandraServer {
    server: string;
    /** The user that a new Cassandra has. */
    login: { username: string; password: string };
    tls: ServerTls;
    killAndStart: () => Promise<void>;
    stop: () => Promise<void>;
}

/** Starts Cassandra in the lab's network; the first time, it is fetched. */
export async function startCassandra(lab: Cluster): Promise<CassandraServer> {
    const folder = mkdtempSync(join(tmpdir(), "cassandra-"));
    const address = lab.identity.nodeAddress;
    const tls = writeCertificate(folder, NAME);
    const files = {
        configuration: join(folder, "cassandra.yaml"),
        data: join(folder, "data"),
        log: join(folder, "logback.xml"),
    };
    writeFileSync(files.configuration, stringify(configuration(folder, address)));
    writeFileSync(files.log, LOG);
    const command = await ensureCassandra(files, () => undefined);
    const start = async (): Promise<ChildProcess> => {
        const process = inLab(lab, command, "ignore");
        await listens(lab, address, PORT, 300);
        return process;
    };
    let process = await start();
    return {
        ...{ server: `${address}:${String(PORT)}`, login: { username: "cassandra", password: "cassandra" }, tls },
        killAndStart: async () => {
            await killServer(process);
            process = await start();
        },
        stop: async () => {
            await killServer(process);
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

function configuration(folder: string, address: string): object {
    const seeds = [{ seeds: "127.0.0.1:19700" }];
    return {
        ...{ cluster_name: "lab", num_tokens: 1, partitioner: "org.apache.cassandra.dht.Murmur3Partitioner" },
        // Every write is on disk before it is acknowledged.
        ...{ commitlog_sync: "group", commitlog_sync_group_window: "10ms" },
        ...{ endpoint_snitch: "SimpleSnitch", auto_snapshot: false, disk_failure_policy: "stop" },
        seed_provider: [{ class_name: "org.apache.cassandra.locator.SimpleSeedProvider", parameters: seeds }],
        ...{ listen_address: "127.0.0.1", storage_port: 19700, rpc_address: address, native_transport_port: PORT },
        ...{ authenticator: "PasswordAuthenticator", authorizer: "CassandraAuthorizer" },
        ...{ memtable_heap_space: "64MiB", file_cache_size: "32MiB" },
        client_encryption_options: {
            ...{ enabled: true, optional: false },
            ssl_context_factory: { class_name: "org.apache.cassandra.security.PEMBasedSslContextFactory" },
            ...{ keystore: join(folder, "store.pem"), truststore: join(folder, "ca.pem") },
        },
    };
}
