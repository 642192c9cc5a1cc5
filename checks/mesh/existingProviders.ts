import type { ClusterObject } from "../../shared/kubernetes/objects";
import { listAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { tracingProvidersOf } from "./configuration";
import type { MeshConfigSource } from "./configurationSource";
import { adviseProvider } from "./providerAdvice";
import { checkProviderTarget, type WantedCollector } from "./providerTarget";

/** The extension providers that a stack uses in a mesh that is not its own. */
export interface WantedProviders {
    /** Namespace of the control plane. */
    namespace: string;
    /** The provider that sends spans to the collector. */
    provider: string;
    /** The entry of `extensionProviders` that the mesh should have, for advice. */
    entry: PlainObject;
    collector: WantedCollector;
    /** Further tracing providers, by the setting that names each. */
    tracingProviders: Record<string, string>;
    /** The external authorizer of the UI. */
    authorizer: string | undefined;
}

/** Providers that a stack names and that a mesh lacks, or that do not do what they should. */
export function checkProviders(
    source: MeshConfigSource,
    configMap: ClusterObject | undefined,
    wanted: WantedProviders,
): Finding[] {
    const owner = configMap ?? { metadata: { name: "istio" } };
    const resource = `ConfigMap ${wanted.namespace}/${owner.metadata.name}`;
    const providers = listAt(source.config, "extensionProviders");
    const tracing = tracingProvidersOf(source);
    const names = tracing.map(({ name }) => name);
    const unfit = (key: string, name: string, expected: string, fit: (provider: PlainObject) => boolean): Finding[] => {
        const named = providers.find((provider) => isNamed(provider["name"], name));
        if (named !== undefined && fit(named)) return [];
        const isMain = key === "istio.provider";
        const others =
            isMain && names.length > 0
                ? ` Or set istio.provider to one that sends spans to this stack's collector: ${names.join(", ")}.`
                : "";
        return [
            {
                id: named === undefined ? "mesh-provider-exists" : "mesh-provider-kind",
                severity: "error",
                resource,
                expected: `${expected}, which ${key} names: ${name}`,
                got:
                    named === undefined
                        ? providers.length === 0
                            ? "no extensionProviders at all"
                            : `extensionProviders ${providers.map((provider) => textAt(provider, "name") ?? "?").join(", ")}`
                        : `a provider of the kind ${
                              Object.keys(named)
                                  .filter((field) => field !== "name")
                                  .join(", ") || "none"
                          }`,
                cure: isMain
                    ? `${adviseProvider({ entry: wanted.entry, namespace: wanted.namespace, owner })}.${others}`
                    : `Correct ${key}, or add the provider in the source that Istio's installer uses. Istio ignores an unknown provider without an error, and nothing is traced`,
            },
        ];
    };
    const isTracing = (provider: PlainObject): boolean => names.includes(textAt(provider, "name") ?? "");
    const main = unfit("istio.provider", wanted.provider, "a provider that accepts spans", isTracing);
    const used = tracing.find((provider) => isNamed(provider.name, wanted.provider));
    return [
        ...main,
        ...(main.length === 0 && used !== undefined
            ? checkProviderTarget(used, wanted.collector, source.rootNamespace, resource)
            : []),
        ...Object.entries(wanted.tracingProviders).flatMap(([key, name]) =>
            unfit(key, name, "a provider that accepts spans", isTracing),
        ),
        ...(wanted.authorizer === undefined
            ? []
            : unfit(
                  "ui.externalAuthorizer",
                  wanted.authorizer,
                  "a provider of the kind envoyExtAuthzHttp or envoyExtAuthzGrpc",
                  (provider) => Object.keys(provider).some((kind) => kind.startsWith("envoyExtAuthz")),
              )),
    ];
}

/** True for the provider of that name. Like istiod, ignores case. */
export function isNamed(given: unknown, name: string): boolean {
    return typeof given === "string" && given.toLowerCase() === name.toLowerCase();
}
