import { formatAddress, ownCollectorHost, type Collector } from "../collector";
import { RECEIVER_PORTS } from "../../shared/names/ports";
import { showSetting, type SettingsProblem } from "./problems";

/** What decides whether sidecars of a mesh can send spans to their collector. */
export interface ComparedMesh {
    collector: Collector;
    collectorHeaders: Record<string, unknown>;
    istio: { namespace: string; version: string };
    clusterDomain: string;
}

/** The same of a stack, which may have a Jaeger of its own. */
export interface ComparedStack extends ComparedMesh {
    jaeger: { deploy: boolean };
}

/** What of a mesh and its collector is right by itself and wrong together, whoever runs the collector. */
export function findCollectorContradictions(mesh: ComparedMesh): SettingsProblem[] {
    return [...findCollectorHostProblems(mesh), ...findOtherProblems(mesh)];
}

/** The same for a stack and the Jaeger that it has or has not. */
export function findStackCollectorContradictions(stack: ComparedStack): SettingsProblem[] {
    return [...collectorAddressProblems(stack), ...findOtherProblems(stack)];
}

function findOtherProblems(mesh: ComparedMesh): SettingsProblem[] {
    return [
        ...collectorPortProblems(mesh),
        ...collectorHeadersProblems(mesh),
        ...collectorTlsProblems(mesh),
        ...collectorPathProblems(mesh),
    ];
}

/** The settings that say which Services a collector may be. */
type ComparedCollector = Pick<ComparedMesh, "collector" | "clusterDomain"> & { istio: { namespace: string } };

/** Istio finds a Service by the full name of its registry only; anything else gives no trace and no error. */
function findCollectorHostProblems(settings: ComparedCollector): SettingsProblem[] {
    const { collector, istio, clusterDomain } = settings;
    const labels = collector.host.split(".").length;
    const fits =
        collector.outsideAddress === undefined
            ? collector.host.endsWith(`.svc.${clusterDomain}`) && labels === clusterDomain.split(".").length + 3
            : !isCutShort(settings);
    if (fits) return [];
    return [
        {
            key: "collectorAddress",
            expected:
                `a Service of this cluster by its full name, NAME.NAMESPACE.svc.${clusterDomain}, or a collector ` +
                "outside of it by a DNS name of three labels or more or by its IP address",
            got: showSetting(collector.host),
            next:
                `write for example ${ownCollectorHost(istio.namespace, clusterDomain)}:4317; Istio would silently ` +
                "drop any other name",
        },
    ];
}

function collectorAddressProblems(settings: ComparedStack): SettingsProblem[] {
    const { collector, jaeger, istio, clusterDomain } = settings;
    const unknown = findCollectorHostProblems(settings);
    if (unknown.length > 0) return unknown;
    const own = ownCollectorHost(istio.namespace, clusterDomain);
    const parts = collector.host.split(".");
    if (parts[0] === "jaeger-collector" && parts[1] === "istio-system" && istio.namespace !== "istio-system") {
        return [
            {
                key: "collectorAddress",
                expected:
                    `the stack's own Jaeger in the namespace ${istio.namespace}, because istio.namespace has this ` +
                    "value",
                got: showSetting(collector.host),
                next: `set collectorAddress to ${own}:${String(collector.port)}, or omit it`,
            },
        ];
    }
    if (!jaeger.deploy && collector.host === own) {
        return [
            {
                key: "collectorAddress",
                expected: "a collector that exists, because jaeger.deploy is false",
                got: `${showSetting(collector.host)}, which is the stack's own Jaeger`,
                next: "set collectorAddress to your collector, or jaeger.deploy to true",
            },
        ];
    }
    return [];
}

/** The name of a Service without its end, or with the end of another cluster's domain. */
function isCutShort({ collector: { host, outsideAddress }, clusterDomain }: ComparedCollector): boolean {
    const parts = host.split(".");
    if (host !== outsideAddress) return false;
    return parts.length < 3 || parts[2] === "svc" || host.endsWith(`.${clusterDomain}`);
}

function collectorPortProblems({ collector, istio, clusterDomain }: ComparedCollector): SettingsProblem[] {
    const right = RECEIVER_PORTS[collector.protocol];
    if (collector.host !== ownCollectorHost(istio.namespace, clusterDomain) || collector.port === right) return [];
    const speaks = Object.entries(RECEIVER_PORTS).find(([, port]) => port === collector.port)?.[0];
    return [
        {
            key: "collectorAddress",
            expected: `port ${String(right)}, where the stack's own Jaeger accepts ${collector.protocol}`,
            got:
                speaks === undefined
                    ? `port ${String(collector.port)}, on which it accepts no spans`
                    : `port ${String(collector.port)}, where it accepts ${speaks}`,
            next: `set collectorAddress to ${collector.host}:${String(right)}, or omit it`,
        },
    ];
}

function collectorHeadersProblems({ collectorHeaders, collector, istio }: ComparedMesh): SettingsProblem[] {
    const tooOld = Number(istio.version.split(".")[1]) < 29;
    if (Object.keys(collectorHeaders).length === 0 || collector.protocol !== "zipkin" || !tooOld) return [];
    return [
        {
            key: "collectorHeaders",
            expected: "none with zipkin before Istio 1.29, whose sidecars drop them",
            got: `${String(Object.keys(collectorHeaders).length)} with Istio ${istio.version}`,
            next: "set collector.protocol to otlp-grpc or otlp-http, or a newer istio.version",
        },
    ];
}

function collectorTlsProblems({ collector, istio, clusterDomain }: ComparedCollector): SettingsProblem[] {
    if (collector.tls === undefined || collector.host !== ownCollectorHost(istio.namespace, clusterDomain)) return [];
    return [
        {
            key: "collector.tls",
            expected: "none with the stack's own Jaeger, which accepts spans without TLS",
            got: `TLS, and collectorAddress ${showSetting(formatAddress(collector))}`,
            next: "remove collector.tls, or set collectorAddress to a collector that accepts TLS",
        },
    ];
}

function collectorPathProblems({ collector, istio, clusterDomain }: ComparedCollector): SettingsProblem[] {
    if (collector.path === undefined) return [];
    const isOwn = collector.host === ownCollectorHost(istio.namespace, clusterDomain);
    if (collector.protocol !== "otlp-grpc" && !isOwn) return [];
    return [
        {
            key: "collector.path",
            expected: isOwn
                ? "none with the stack's own Jaeger, which accepts spans at the usual paths"
                : "none with otlp-grpc, which has no path",
            got: "a path",
            next: isOwn
                ? "remove collector.path, or set collectorAddress to a collector that has such a path"
                : "remove collector.path, or set collector.protocol to otlp-http or zipkin",
        },
    ];
}
