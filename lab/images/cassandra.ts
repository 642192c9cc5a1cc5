import { cacheDirectory } from "./cache";
import { javaCommand, type JavaRun } from "./java";
import { ensureJavaLibraries } from "./javaLibraries";
import type { Report } from "./report";

/** What Java 17 hides from programs and Cassandra uses, as in its own conf/jvm17-server.options. */
const EXPORTS = [
    ...["java.base/jdk.internal.misc", "java.base/jdk.internal.ref", "java.base/sun.nio.ch", "java.base/java.lang.ref"],
    ...["java.management.rmi/com.sun.jmx.remote.internal.rmi", "java.rmi/sun.rmi.registry", "java.rmi/sun.rmi.server"],
    ...["java.sql/java.sql", "jdk.unsupported/sun.misc"],
];
const OPENS = [
    ...["java.lang.module", "java.lang", "java.io", "java.nio", "java.util", "java.util.concurrent"],
    ...["java.util.concurrent.atomic", "jdk.internal.loader", "jdk.internal.ref", "jdk.internal.reflect"],
    ...["jdk.internal.math", "jdk.internal.module", "jdk.internal.util.jar", "sun.nio.ch"],
].map((name) => `java.base/${name}`);

/**
 * The command that starts Cassandra 5.0, from the cache, which it fills from Maven Central if needed.
 *
 * @param files paths of its configuration, of its data, and of the configuration of its log.
 */
export async function ensureCassandra(
    files: { configuration: string; data: string; log: string },
    report: Report,
    cacheDir: string = cacheDirectory(),
    run: JavaRun = { heapMiB: 384, startsFast: true },
): Promise<readonly string[]> {
    const { java, classPath } = await ensureJavaLibraries("cassandra", "Cassandra", report, cacheDir);
    return [
        ...javaCommand(java, run),
        ...EXPORTS.flatMap((name) => ["--add-exports", `${name}=ALL-UNNAMED`]),
        ...OPENS.flatMap((name) => ["--add-opens", `${name}=ALL-UNNAMED`]),
        ...["--add-opens", "jdk.management/com.sun.management.internal=ALL-UNNAMED"],
        ...[`-Dcassandra.config=file://${files.configuration}`, `-Dcassandra.storagedir=${files.data}`],
        `-Dlogback.configurationFile=${files.log}`,
        // There is no other node to wait for.
        ...["ring_delay_ms=0", "skip_wait_for_gossip_to_settle=0", "initial_token=0", "superuser_setup_delay_ms=0"].map(
            (option) => `-Dcassandra.${option}`,
        ),
        ...["-cp", classPath, "org.apache.cassandra.service.CassandraDaemon"],
    ];
}
