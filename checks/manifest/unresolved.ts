import { isKind, refOf, resourceName, type Manifest, type ObjectRef } from "../../shared/kubernetes/manifest";
import { textAt } from "../../shared/values/plainObjects";
import { meshText } from "../mesh/configuration";
import { podTemplateOf } from "../workload/podTemplates";
import { chartsOf, isChart, isIstiodChart, type ChartObject, type UnresolvedPart } from "./charts";

/** Something that rules would check, in a place that cannot be read here. */
export interface Unresolved {
    resource: string;
    object: ObjectRef;
    what:
        | { kind: "chart"; part: UnresolvedPart; concerns: "mesh" | "jaeger" }
        /** Providers that a profile of Istio's charts adds. */
        | { kind: "profile"; name: string }
        /** A mesh configuration that an operator writes. */
        | { kind: "operator" }
        /** The namespace, which is decided when the object is applied. */
        | { kind: "namespace" };
}

/** The parts of objects that rules need and that cannot be read. Inline values first. */
export function unresolvedOf(objects: Manifest[]): Unresolved[] {
    return objects.flatMap((object) => {
        const subject = { resource: resourceName(object), object: refOf(object) };
        const found: Unresolved["what"][] = [...chartsOf(object).flatMap(unresolvedInChart)];
        const profile = textAt(object, "spec", "profile");
        if (ISTIO_OPERATORS.some(([kind, group]) => isKind(object, kind, group)) && profile === "demo")
            found.push({ kind: "profile", name: profile });
        if (isKind(object, "Istio", "operator.kyma-project.io")) found.push({ kind: "operator" });
        if (lacksNamespace(object)) found.push({ kind: "namespace" });
        return found.map((what) => ({ ...subject, what }));
    });
}

const ISTIO_OPERATORS = [
    ["IstioOperator", "install.istio.io"],
    ["Istio", "sailoperator.io"],
    ["IstioRevision", "sailoperator.io"],
] as const;

function unresolvedInChart(chart: ChartObject): Unresolved["what"][] {
    const jaeger = isChart(chart, "jaeger") ? ("jaeger" as const) : undefined;
    const concerns = isIstiodChart(chart) ? ("mesh" as const) : jaeger;
    if (concerns === undefined) return [];
    const profile = concerns === "mesh" ? textAt(chart.values, "profile") : undefined;
    return [
        ...chart.unresolved.map((part) => ({ kind: "chart" as const, part, concerns })),
        ...(profile === "demo" ? [{ kind: "profile" as const, name: profile }] : []),
    ];
}

/** Kinds, by group, whose namespace matters to rules. Workloads are recognized by their pods. */
const NAMESPACED: Record<string, string[]> = {
    "": ["Service", "ConfigMap"],
    "telemetry.istio.io": ["Telemetry"],
    "networking.istio.io": ["ServiceEntry", "DestinationRule", "VirtualService", "Gateway"],
    "security.istio.io": ["PeerAuthentication", "AuthorizationPolicy"],
    "opentelemetry.io": ["OpenTelemetryCollector"],
    "jaegertracing.io": ["Jaeger"],
};

function lacksNamespace(object: Manifest): boolean {
    // A mesh configuration is in istiod's namespace.
    if (textAt(object, "metadata", "namespace") !== undefined || meshText(object) !== undefined) return false;
    const listed = Object.entries(NAMESPACED).some(([group, kinds]) =>
        kinds.some((kind) => isKind(object, kind, group)),
    );
    return listed || podTemplateOf(object) !== undefined;
}
