import { cacheDirectory } from "./cache";
import { javaCommand, type JavaRun } from "./java";
import { ensureJavaLibraries } from "./javaLibraries";
import type { Report } from "./report";

const SMALL: JavaRun = { heapMiB: 256, startsFast: true };

/** Commands of Kafka, each without its arguments. */
export interface KafkaCommands {
    /** Starts a broker. Argument: file of its properties. */
    server: readonly string[];
    /** Makes the folder of a broker. */
    format: readonly string[];
    /** Makes and lists topics. */
    topics: readonly string[];
}

/** Kafka 4.4 from the cache, which it fills from Maven Central if needed. */
export async function ensureKafka(
    report: Report,
    cacheDir: string = cacheDirectory(),
    server: JavaRun = SMALL,
): Promise<KafkaCommands> {
    const { java, classPath } = await ensureJavaLibraries("kafka", "Kafka", report, cacheDir);
    const command = (main: string, run = SMALL): string[] => [...javaCommand(java, run), ...["-cp", classPath, main]];
    return {
        server: command("kafka.Kafka", server),
        format: command("kafka.tools.StorageTool"),
        topics: command("org.apache.kafka.tools.TopicCommand"),
    };
}
