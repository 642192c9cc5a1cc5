import { cacheDirectory } from "./cache";
import { ensureJavaLibraries } from "./javaLibraries";
import type { Report } from "./report";

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
export async function ensureKafka(report: Report, cacheDir: string = cacheDirectory()): Promise<KafkaCommands> {
    const { java, classPath } = await ensureJavaLibraries("kafka", "Kafka", report, cacheDir);
    // It compiles a little instead of much, which starts faster.
    const run = (main: string): string[] => [java, "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classPath, main];
    return {
        server: run("kafka.Kafka"),
        format: run("kafka.tools.StorageTool"),
        topics: run("org.apache.kafka.tools.TopicCommand"),
    };
}
