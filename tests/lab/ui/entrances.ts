import { spawnSync } from "node:child_process";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { IMAGE_NAMES } from "../../../lab/images";
import { kubectl } from "../support/sharedLab";

/** From where somebody tries to get at Jaeger. */
export interface Origin {
    name: string;
    /** Runs a shell script there and answers what it prints. */
    run: (script: string) => string;
}

/** A message of no fields, as gRPC frames it. */
const EMPTY_MESSAGE = "printf '\\0\\0\\0\\0\\0'";

/** Everything that listens in Jaeger's pod, and how it is asked there. */
const ENTRANCES: Record<string, (address: string) => string> = {
    "16686 UI": (at) => curl(`http://${at}:16686/jaeger/`),
    "16686 query API": (at) => curl(`http://${at}:16686/jaeger/api/services`),
    "16685 query API over gRPC": (at) => grpc(`http://${at}:16685/jaeger.api_v2.QueryService/GetServices`),
    "4317 OTLP over gRPC": (at) => grpc(`http://${at}:4317/opentelemetry.proto.collector.trace.v1.TraceService/Export`),
    "4318 OTLP over HTTP": (at) =>
        curl(`-H 'content-type: application/json' -d '{"resourceSpans":[]}' http://${at}:4318/v1/traces`),
    "9411 Zipkin": (at) => curl(`-H 'content-type: application/json' -d '[]' http://${at}:9411/api/v2/spans`),
    "13133 health": (at) => curl(`http://${at}:13133/status`),
    "8888 metrics": (at) => curl(`http://${at}:8888/metrics`),
    "15000 sidecar's admin": (at) => curl(`http://${at}:15000/config_dump`),
};

/** What each entrance answers: an HTTP status, with gRPC's own where that comes before any message, or `none`. */
export function tryEntrances(origin: Origin, address: string): Record<string, string> {
    const script = Object.values(ENTRANCES)
        .map((entrance) => entrance(address))
        .join("\n");
    const answers = origin.run(script).trim().split("\n");
    return Object.fromEntries(Object.keys(ENTRANCES).map((entrance, index) => [entrance, answers[index] ?? "no line"]));
}

function curl(args: string): string {
    return `curl -s -o /dev/null -m 5 -w '%{http_code}\\n' ${args} | sed 's/^000$/none/'`;
}

function grpc(url: string): string {
    const headers = "-H 'content-type: application/grpc' -H 'te: trailers'";
    const answer = "-w '%{http_code} grpc %header{grpc-status}\\n'";
    const ask = `curl -s -o /dev/null -m 5 --http2-prior-knowledge ${answer} ${headers} --data-binary @- ${url}`;
    return `${EMPTY_MESSAGE} | ${ask} | sed 's/^000.*/none/'`;
}

/** The node itself, with the programs of the machine. */
export function node(lab: Cluster): Origin {
    const holder = String(findHolder(lab.identity.name)?.process.pid);
    return {
        name: "the node",
        run: (script) =>
            spawnSync("nsenter", ["--target", holder, "--net", "--", "sh", "-c", script], { encoding: "utf8" }).stdout,
    };
}

/** A container that is there. */
export function container(lab: Cluster, namespace: string, target: string, name: string): Origin {
    const at = ["exec", "-n", namespace, target, "-c", name, "--", "sh", "-c"];
    return { name: `${namespace}/${target}`, run: (script) => kubectl(lab, ...at, script) };
}

/** A pod without a sidecar, made for the purpose. */
export function strangePod(lab: Cluster, namespace: string): Origin {
    const image = ["--image", IMAGE_NAMES.curl, "--image-pull-policy", "Never"];
    const labels = ["--labels", "app=stranger,sidecar.istio.io/inject=false"];
    kubectl(lab, "run", "stranger", "-n", namespace, ...image, ...labels, "--command", "--", "sleep", "900");
    kubectl(lab, "wait", "-n", namespace, "pod/stranger", "--for=condition=Ready", "--timeout=60s");
    return container(lab, namespace, "stranger", "stranger");
}

/** Takes the pods of {@link strangePod} away. */
export function removeStrangePods(lab: Cluster, namespaces: string[]): void {
    for (const namespace of namespaces) {
        kubectl(
            lab,
            "delete",
            "pod",
            "stranger",
            "-n",
            namespace,
            "--ignore-not-found",
            "--grace-period",
            "0",
            "--force",
        );
    }
}
