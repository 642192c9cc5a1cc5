import { parse, stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { kubectl } from "./sharedLab";

const SYSTEM = "istio-system";
const FILE = "config.yaml";

/** Jaeger's configuration, as far as tests change it. */
export interface JaegerConfig {
    receivers: { otlp: { protocols: Record<"grpc" | "http", { endpoint: string }> } };
    processors: Record<string, Record<string, unknown>>;
    exporters: Record<string, Record<string, unknown>>;
    extensions: {
        jaeger_query: { storage: { traces: string } };
        jaeger_storage: { backends: Record<string, unknown> };
    };
    service: { pipelines: { traces: Record<"receivers" | "processors" | "exporters", string[]> } };
}

/** Puts the former configuration back, by default with a new start of Jaeger. */
export type PutBack = (how?: { restart: boolean }) => void;

/** Lets Jaeger start anew with another configuration; answers what puts the former one back. */
export function changeJaegerConfig(lab: Cluster, change: (config: JaegerConfig) => void): PutBack {
    const name = kubectl(
        ...([lab, "get", "deployment/jaeger", "-n", SYSTEM, "-o"] as const),
        "jsonpath={.spec.template.spec.volumes[?(@.configMap)].configMap.name}",
    ).trim();
    const read = (): string =>
        kubectl(lab, "get", "configmap", name, "-n", SYSTEM, "-o", `jsonpath={.data.${FILE.replace(".", "\\.")}}`);
    const before = read();
    const write = (text: string, restart = true): void => {
        const data = JSON.stringify({ data: { [FILE]: text } });
        kubectl(lab, "patch", "configmap", name, "-n", SYSTEM, "--type=merge", "-p", data);
        if (!restart) return;
        kubectl(lab, "rollout", "restart", "deployment/jaeger", "-n", SYSTEM);
        kubectl(lab, "rollout", "status", "deployment/jaeger", "-n", SYSTEM, "--timeout=120s");
    };
    const config = parse(before) as JaegerConfig;
    change(config);
    write(stringify(config));
    return (how) => {
        if (read() !== before) write(before, how?.restart);
    };
}
