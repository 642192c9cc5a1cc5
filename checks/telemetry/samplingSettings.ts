import type { Finding } from "../finding";

/**
 * A client that flags its requests as sampled where the provider lets that flag win over the rate.
 *
 * Measured on Istio 1.31: with Zipkin an incoming sampled flag wins at any rate; with OpenTelemetry a request is
 * recorded only when its flag is set and the sidecar's own draw says so too.
 */
export function checkClientFlag(samplingPercent: number, protocol: string, clientsFlag: boolean): Finding[] {
    if (!clientsFlag || protocol !== "zipkin" || samplingPercent === 0 || samplingPercent === 100) return [];
    return [
        {
            id: "client-flag-overrules-sampling",
            severity: "warning",
            resource: "samplingPercent",
            expected: `${String(samplingPercent)} percent of the frontend's requests recorded`,
            got: "all of them: with zipkin the sampled flag that the frontend sends wins over the rate",
            cure: "Set demo.traceContext to mesh, or take otlp-grpc, where the rate counts for flagged requests too.",
        },
    ];
}

/** How a namespace of the user's own is traced, as far as these checks read it. */
export interface TracedNamespace {
    name: string;
    /** Its own rate; undefined where that of the whole mesh counts. */
    samplingPercent: number | undefined;
    /** Its own provider; undefined where that of the whole mesh gets the spans. */
    provider: string | undefined;
    injection: string;
}

/** Namespaces at 100 percent beyond which storage and network feel it. */
const MANY = 3;

/**
 * Rates and providers of single namespaces that do something else than a reader would expect.
 *
 * @param protocol how spans are sent: with `zipkin` the flag of an incoming request wins over a lower rate.
 */
export function checkNamespaceTracing(meshPercent: number, protocol: string, namespaces: TracedNamespace[]): Finding[] {
    const higher = namespaces.filter(({ samplingPercent }) => (samplingPercent ?? meshPercent) > meshPercent);
    const lower = namespaces.filter(
        ({ samplingPercent: own = meshPercent }) => own < meshPercent && (own === 0 || protocol !== "zipkin"),
    );
    const everything = namespaces.filter(({ samplingPercent }) => samplingPercent === 100);
    const elsewhere = namespaces.filter(({ provider }) => provider !== undefined && provider !== "tracing");
    const warn = (id: string, where: TracedNamespace[], text: Pick<Finding, "expected" | "got" | "cure">): Finding[] =>
        where.length === 0
            ? []
            : [
                  {
                      id,
                      severity: "warning",
                      resource: `namespaces.${where.map(({ name }) => name).join(", ")}`,
                      ...text,
                  },
              ];
    return [
        ...warn("namespace-rate-at-entry", higher, {
            expected: `a rate where traces begin; the whole mesh records ${String(meshPercent)} percent`,
            got: "a higher one, which counts only for requests that enter the mesh there: others arrive decided",
            cure: "Set the rate of the namespace, or of the gateway, where those requests enter.",
        }),
        ...warn("namespace-rate-cuts-traces", lower, {
            expected: `at least the ${String(meshPercent)} percent of the whole mesh`,
            got: "a lower one: traces that begin elsewhere lack the spans of this namespace",
            cure: "Raise it to samplingPercent, unless nothing but its own traces enters it.",
        }),
        ...warn("sampling-everything", everything.length > MANY ? everything : [], {
            expected: `at most ${String(MANY)} namespaces at 100 percent`,
            got: `${String(everything.length)}: every request there is exported and stored`,
            cure: "Keep 100 for those that somebody looks into now, and size the collector for it.",
        }),
        ...warn("namespace-provider-splits-traces", elsewhere, {
            expected: "one back end for a trace",
            got: `${elsewhere.map(({ provider }) => String(provider)).join(", ")}: a trace across namespaces lies in two`,
            cure: "Take the mesh's provider, or forward both to one back end.",
        }),
    ];
}

/** Workloads without a sidecar in a mesh that takes nothing but mutual TLS. */
export function checkStrictWithoutSidecars(mtlsMode: string, namespaces: TracedNamespace[]): Finding[] {
    const outside = namespaces.filter(({ injection }) => injection === "none").map(({ name }) => name);
    if (mtlsMode !== "STRICT" || outside.length === 0) return [];
    return [
        {
            id: "strict-mtls-needs-sidecars",
            severity: "warning",
            resource: "istio.mtlsMode",
            expected: "sidecars wherever STRICT mutual TLS is to be spoken",
            got: `injection none in ${outside.join(", ")}: pods without a sidecar there are refused by the mesh`,
            cure: "Leave injection out unless that namespace's owner has it injected already.",
        },
    ];
}
