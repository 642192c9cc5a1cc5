import { existsSync } from "node:fs";
import { join } from "node:path";
import { formatAddress, ownCollectorHost, RECEIVER_PORTS, type Collector } from "../collector";
import type { ResourceRequirements, SizedContainer } from "../resources";
import { findMeshContradictions, type ComparedMeshSettings } from "./meshContradictions";
import type { Ui } from "../ui";
import { parseQuantity } from "./quantities";
import { show, type SettingsProblem } from "./problems";

/** What {@link findContradictions} compares. */
export interface ComparedSettings extends ComparedMeshSettings {
    collector: Collector;
    collectorHeaders: Record<string, string>;
    deployJaeger: boolean;
    istioVersion: string;
    clusterDomain: string;
    istioChartSource: string;
    ui: Ui;
    resources: Record<SizedContainer, ResourceRequirements>;
}

/** Settings that are right by themselves and wrong together, or wrong for this machine. */
export function findContradictions(settings: ComparedSettings): SettingsProblem[] {
    return [
        ...collectorHostProblems(settings),
        ...collectorPortProblems(settings),
        ...collectorHeadersProblems(settings),
        ...collectorTlsProblems(settings),
        ...namespaceProblems(settings),
        ...findMeshContradictions(settings),
        ...chartFolderProblems(settings),
        ...resourceProblems(settings.resources),
    ];
}

/** True when the chart source is a folder of this machine. */
export function isLocalChartSource(source: string): boolean {
    return !/^(https?|oci):\/\//.test(source);
}

/** Istio finds a Service by the full name of its registry only; anything else gives no trace and no error. */
function collectorHostProblems(settings: ComparedSettings): SettingsProblem[] {
    const { collector, deployJaeger, istioNamespace, clusterDomain } = settings;
    const own = ownCollectorHost(istioNamespace, clusterDomain);
    const parts = collector.host.split(".");
    if (
        collector.outsideAddress === undefined
            ? parts.length !== clusterDomain.split(".").length + 3
            : isCutShort(settings)
    ) {
        return [
            {
                key: "collectorAddress",
                expected:
                    `a Service of this cluster by its full name, NAME.NAMESPACE.svc.${clusterDomain}, or a collector ` +
                    "outside of it by a DNS name of three labels or more or by its IP address",
                got: show(collector.host),
                next: `write for example ${own}:4317; Istio would drop any other name and say nothing`,
            },
        ];
    }
    if (parts[0] === "jaeger-collector" && parts[1] === "istio-system" && istioNamespace !== "istio-system") {
        return [
            {
                key: "collectorAddress",
                expected: `the stack's own Jaeger in the namespace ${istioNamespace}, since istioNamespace is set to that`,
                got: show(collector.host),
                next: `set collectorAddress to ${own}:${String(collector.port)}`,
            },
        ];
    }
    if (!deployJaeger && collector.host === own) {
        return [
            {
                key: "collectorAddress",
                expected: "a collector that is there, since deployJaeger is false",
                got: `${show(collector.host)}, which is the stack's own Jaeger`,
                next: "set collectorAddress to your collector, or deployJaeger to true",
            },
        ];
    }
    return [];
}

/** The name of a Service without its end, or with the end of another cluster's domain. */
function isCutShort({ collector: { host, outsideAddress }, clusterDomain }: ComparedSettings): boolean {
    const parts = host.split(".");
    if (host !== outsideAddress) return false;
    return parts.length < 3 || parts[2] === "svc" || host.endsWith(`.${clusterDomain}`);
}

function collectorPortProblems({ collector, istioNamespace, clusterDomain }: ComparedSettings): SettingsProblem[] {
    const right = RECEIVER_PORTS[collector.protocol];
    if (collector.host !== ownCollectorHost(istioNamespace, clusterDomain) || collector.port === right) return [];
    const speaks = Object.entries(RECEIVER_PORTS).find(([, port]) => port === collector.port)?.[0];
    return [
        {
            key: "collectorAddress",
            expected: `port ${String(right)}, where the stack's own Jaeger takes ${collector.protocol}`,
            got:
                speaks === undefined
                    ? `port ${String(collector.port)}, on which it takes no spans`
                    : `port ${String(collector.port)}, where it takes ${speaks}`,
            next: `set collectorAddress to ${collector.host}:${String(right)}`,
        },
    ];
}

function collectorHeadersProblems({ collectorHeaders, collector, istioVersion }: ComparedSettings): SettingsProblem[] {
    const tooOld = Number(istioVersion.split(".")[1]) < 29;
    if (Object.keys(collectorHeaders).length === 0 || collector.protocol !== "zipkin" || !tooOld) return [];
    return [
        {
            key: "collectorHeaders",
            expected: "none with zipkin before Istio 1.29, whose sidecars leave them out",
            got: `${String(Object.keys(collectorHeaders).length)} with Istio ${istioVersion}`,
            next: "set collectorProtocol to otlp-grpc or otlp-http, or a newer istioVersion",
        },
    ];
}

function collectorTlsProblems({ collector, istioNamespace, clusterDomain }: ComparedSettings): SettingsProblem[] {
    if (collector.tls === undefined || collector.host !== ownCollectorHost(istioNamespace, clusterDomain)) return [];
    return [
        {
            key: "collectorTls",
            expected: "none with the stack's own Jaeger, which takes spans without TLS",
            got: `TLS, and collectorAddress ${show(formatAddress(collector))}`,
            next: "remove collectorTls, or set collectorAddress to a collector that takes TLS",
        },
    ];
}

function namespaceProblems({ istioNamespace, demoNamespace, deployDemo }: ComparedSettings): SettingsProblem[] {
    if (istioNamespace !== demoNamespace || !deployDemo) return [];
    return [
        {
            key: "demoNamespace",
            expected: "a namespace other than istioNamespace: workloads beside istiod are not injected",
            got: show(demoNamespace),
            next: "set demoNamespace to another name, for example demo",
        },
    ];
}

function chartFolderProblems({ istioChartSource: source, ui }: ComparedSettings): SettingsProblem[] {
    if (!isLocalChartSource(source)) return [];
    const charts = ["base", "istiod", ...(ui.mode === "gateway" ? ["gateway"] : [])];
    const missing = charts.filter((chart) => !existsSync(join(source, chart, "Chart.yaml")));
    if (missing.length === 0) return [];
    return [
        {
            key: "istioChartSource",
            expected: `a folder that holds the charts ${charts.join(" and ")}`,
            got: `${show(source)}, which has no ${missing.map((chart) => `${chart}/Chart.yaml`).join(" and no ")}`,
            next: "put Istio's charts there (helm pull --untar), or name a repository (https://... or oci://...)",
        },
    ];
}

function resourceProblems(resources: Record<SizedContainer, ResourceRequirements>): SettingsProblem[] {
    return Object.entries(resources).flatMap(([container, { requests, limits }]) =>
        (["cpu", "memory"] as const).flatMap((resource) => {
            const request = requests[resource];
            const limit = limits[resource];
            if (request === undefined || limit === undefined) return [];
            if ((parseQuantity(request) ?? 0) <= (parseQuantity(limit) ?? 0)) return [];
            return [
                {
                    key: `resources.${container}.requests.${resource}`,
                    expected: `at most the limit, ${limit}`,
                    got: request,
                    next: `lower the request or raise resources.${container}.limits.${resource}`,
                },
            ];
        }),
    );
}
