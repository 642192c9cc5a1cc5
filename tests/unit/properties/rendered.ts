import assert from "node:assert/strict";
import { isPlainObject } from "../../../shared/values/plainObjects";
import type { Plan, PlannedResource } from "../../../plan";

type Values = Record<string, unknown>;

/** The inputs of a resource, by the end of its type and by its name; undefined when there is none. */
function inputs(plan: Plan, kind: string, name: string): Values | undefined {
    const is = (resource: PlannedResource): boolean => resource.type.endsWith(`:${kind}`) && resource.name === name;
    return plan.resources.find(is)?.inputs;
}

/** The value at a path of names and indexes. */
function at(value: unknown, path: string): unknown {
    return path.split(".").reduce<unknown>((part, name) => (part as Values | undefined)?.[name], value);
}

/** Fails unless what the program registers says what the configuration asks for, each setting that it names. */
export function assertRendered(raw: Record<string, string>, plan: Plan): void {
    const istiod = inputs(plan, "Release", "istio-istiod");
    const values = at(istiod, "values");
    const telemetry = at(inputs(plan, "Telemetry", "mesh-default"), "spec.tracing.0");
    const frontend = inputs(plan, "Deployment", "frontend");
    const container = (name: string): unknown =>
        at(inputs(plan, "Deployment", name), "spec.template.spec.containers.0");
    const rendered: Record<string, (asked: string) => void> = {
        samplingPercent: (asked) => {
            assert.equal(at(telemetry, "randomSamplingPercentage"), Number(asked));
            assert.equal(at(telemetry, "disableSpanReporting"), Number(asked) === 0);
        },
        collectorAddress: (asked) => {
            const { port, host } = /^\[?(?<host>.*?)\]?:(?<port>\d+)$/.exec(asked)?.groups ?? {};
            const entry = at(inputs(plan, "ServiceEntry", "mesh-default-collector"), "spec");
            assert.equal(at(entry, "ports.0.targetPort"), Number(port));
            assert.equal(at(entry, "endpoints.0.address") ?? at(entry, "hosts.0"), host);
        },
        "collector.protocol": (asked) => {
            const provider = at(values, "meshConfig.extensionProviders.0") as Values;
            assert.equal("zipkin" in provider, asked === "zipkin");
            assert.equal(at(provider, "opentelemetry.http") !== undefined, asked === "otlp-http");
        },
        collectorHeaders: (asked) => {
            const wanted = Object.entries(JSON.parse(asked) as Record<string, string>);
            const secret = at(inputs(plan, "Secret", "istio-collector-headers"), "stringData.value") ?? {};
            // Envoy reads %% as one %.
            const doubled = wanted.map(([name, value]) => [name.toLowerCase(), value.replaceAll("%", "%%")]);
            assert.deepEqual(secret, Object.fromEntries(doubled));
        },
        "collector.path": (asked) => {
            const provider = at(values, "meshConfig.extensionProviders.0");
            assert.equal(at(provider, "opentelemetry.http.path") ?? at(provider, "zipkin.path"), asked);
        },
        "istio.version": (asked) => {
            assert.equal(at(istiod, "version"), asked);
            assert.equal(at(values, "global.tag"), asked);
        },
        "istio.hub": (asked) => {
            assert.equal(at(values, "global.hub"), asked);
        },
        images: (asked) => {
            for (const [name, image] of Object.entries(JSON.parse(asked) as Values)) {
                assert.equal(at(container(name), "image"), image);
            }
        },
        imageRegistry: (asked) => {
            const own = (name: string): boolean => raw["images"]?.includes(`"${name}"`) === true;
            for (const name of ["jaeger", "frontend", "backend"].filter((one) => !own(one))) {
                assert.ok(String(at(container(name), "image")).startsWith(`${asked}/`));
            }
        },
        imagePullPolicy: (asked) => {
            for (const name of ["jaeger", "frontend", "backend"])
                assert.equal(at(container(name), "imagePullPolicy"), asked);
            assert.equal(at(values, "global.imagePullPolicy"), asked);
        },
        "demo.namespace": (asked) => {
            assert.equal(at(inputs(plan, "Namespace", "demo"), "metadata.name"), asked);
            assert.equal(at(frontend, "metadata.namespace"), asked);
        },
        "demo.traceContext": (asked) => {
            assert.equal(String(at(container("frontend"), "args.0")).includes("traceparent"), asked === "client");
        },
        "demo.scenario": (asked) => {
            assert.equal(inputs(plan, "Deployment", "orders") !== undefined, asked !== "basic");
            assert.equal(inputs(plan, "VirtualService", "orders-faults") !== undefined, asked === "faults");
        },
        "demo.intervalSeconds": (asked) => {
            assert.equal(Number(at(container("frontend"), "env.1.value")), Number(asked));
        },
        "jaeger.maxTraces": (asked) => {
            const data = at(inputs(plan, "ConfigMap", "jaeger-config"), "data") as Record<string, string>;
            assert.match(data["config.yaml"] ?? "", new RegExp(`"?max_traces"?: ${asked}\\b`));
        },
        resources: (asked) => {
            const { istiod: istiodSize, proxy, ...others } = JSON.parse(asked) as Values;
            assertContains(at(values, "resources"), istiodSize ?? {});
            assertContains(at(values, "global.proxy.resources"), proxy ?? {});
            for (const [name, size] of Object.entries(others)) assertContains(at(container(name), "resources"), size);
        },
        "istio.mtlsMode": (asked) => {
            const mode = at(inputs(plan, "PeerAuthentication", "istio-mtls"), "spec.mtls.mode");
            assert.equal(mode ?? "PERMISSIVE", asked);
        },
        "istio.revision": (asked) => {
            assert.equal(at(values, "revision"), asked);
        },
        "istio.revisionTags": (asked) => {
            assert.deepEqual(at(values, "revisionTags") ?? [], JSON.parse(asked));
        },
        "istio.replicas": (asked) => {
            const { min, max } = JSON.parse(asked) as { min: number; max: number };
            assert.deepEqual([at(values, "replicaCount"), at(values, "autoscaleMin")], [min, min]);
            assert.deepEqual([at(values, "autoscaleMax"), at(values, "autoscaleEnabled")], [max, min < max]);
        },
        namespaces: (asked) => {
            for (const [name, { samplingPercent }] of Object.entries(JSON.parse(asked) as Record<string, Values>)) {
                const own = at(inputs(plan, "Telemetry", `traced-${name}`), "spec.tracing.0");
                assert.equal(at(own, "randomSamplingPercentage"), Number(samplingPercent));
            }
        },
        "jaeger.storage": (asked) => {
            const claim = inputs(plan, "PersistentVolumeClaim", "jaeger-data");
            assert.equal(at(claim, "spec.resources.requests.storage"), (JSON.parse(asked) as Values)["size"]);
        },
        "istio.values": (asked) => {
            assertContains(values, JSON.parse(asked));
        },
    };
    for (const [key, asked] of Object.entries(raw)) {
        const check = rendered[key];
        assert.ok(check, `nothing says how ${key} is rendered`);
        check(asked);
    }
}

/** Fails unless the object holds all of another one, each at its place. */
function assertContains(whole: unknown, part: unknown): void {
    if (!isPlainObject(part)) {
        assert.deepEqual(whole, part);
        return;
    }
    for (const [key, value] of Object.entries(part)) {
        assertContains(isPlainObject(whole) ? whole[key] : undefined, value);
    }
}
