import type { Finding } from "../finding";

/**
 * Reports a client that sends a sampled flag to a provider for which the flag overrides the rate.
 *
 * Measured on Istio 1.31: with Zipkin, an incoming sampled flag overrides any rate. With OpenTelemetry, a request is
 * recorded only if its flag is set and the sidecar's own sampling decision agrees.
 */
export function checkClientFlag(samplingPercent: number, protocol: string, clientsFlag: boolean): Finding[] {
    if (!clientsFlag || protocol !== "zipkin" || samplingPercent === 0 || samplingPercent === 100) return [];
    return [
        {
            id: "client-flag-overrules-sampling",
            severity: "warning",
            resource: "samplingPercent",
            expected: `${String(samplingPercent)} percent of the frontend's requests recorded`,
            got: "all of them, because with zipkin the frontend's sampled flag overrides the rate",
            cure: "Set demo.traceContext to mesh, or use otlp-grpc, where the rate also applies to flagged requests.",
        },
    ];
}

/** The tracing settings of a namespace that these checks read. */
export interface TracedNamespace {
    name: string;
    /** Its own rate; undefined if the mesh's rate applies. */
    samplingPercent: number | undefined;
    /** Its own provider; undefined if the mesh's provider receives the spans. */
    provider: string | undefined;
    injection: string;
}

/** Number of namespaces at 100 percent above which the load on storage and network is high. */
const MANY = 3;

/**
 * Reports rates and providers of single namespaces that have an unexpected effect.
 *
 * @param protocol how spans are sent. With `zipkin`, the flag of an incoming request overrides a lower rate.
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
            expected: `a rate in the namespace where traces begin (the whole mesh records ${String(meshPercent)} percent)`,
            got: "a higher rate, which applies only to requests that enter the mesh there, because other requests arrive with a decision",
            cure: "Set the rate in the namespace or at the gateway where those requests enter the mesh.",
        }),
        ...warn("namespace-rate-cuts-traces", lower, {
            expected: `at least the ${String(meshPercent)} percent of the whole mesh`,
            got: "a lower rate, so that traces that begin elsewhere lack the spans of this namespace",
            cure: "Raise it to samplingPercent, unless no trace enters it from other namespaces.",
        }),
        ...warn("sampling-everything", everything.length > MANY ? everything : [], {
            expected: `at most ${String(MANY)} namespaces at 100 percent`,
            got: `${String(everything.length)} namespaces, whose every request is exported and stored`,
            cure: "Use 100 only while you examine a namespace, and size the collector for the load.",
        }),
        ...warn("namespace-provider-splits-traces", elsewhere, {
            expected: "one backend for each trace",
            got: `${elsewhere.map(({ provider }) => String(provider)).join(", ")}, so that a trace across namespaces is split between two backends`,
            cure: "Use the mesh's provider, or forward both to one backend.",
        }),
    ];
}

/** Reports workloads without a sidecar in a mesh that accepts only mutual TLS. */
export function checkStrictWithoutSidecars(mtlsMode: string, namespaces: TracedNamespace[]): Finding[] {
    const outside = namespaces.filter(({ injection }) => injection === "none").map(({ name }) => name);
    if (mtlsMode !== "STRICT" || outside.length === 0) return [];
    return [
        {
            id: "strict-mtls-needs-sidecars",
            severity: "warning",
            resource: "istio.mtlsMode",
            expected: "sidecars in every namespace, because mtlsMode is STRICT",
            got: `injection none in ${outside.join(", ")}, where the mesh rejects requests of pods without a sidecar`,
            cure: "Omit injection, unless the namespace's owner already enables it.",
        },
    ];
}
