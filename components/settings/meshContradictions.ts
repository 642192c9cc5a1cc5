import { findProvider, isTracingProvider, TRACING_KINDS, type ExtensionProvider } from "../../checks/mesh/objects";
import { TRACING_PROVIDER } from "../render/meshConfig";
import { userProviders } from "../render/istiodValues";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import type { NamespaceTracing } from "../namespaceTracing";
import { DEFAULT_TAG } from "../revision";
import { showSetting, type SettingsProblem } from "./problems";

/** What {@link findMeshContradictions} compares. */
export interface ComparedMeshSettings {
    namespaces: Record<string, NamespaceTracing>;
    istio: {
        install: boolean;
        namespace: string;
        revision: string | undefined;
        revisionTags: string[];
        replicas: { min: number; max: number };
        values: PlainObject;
    };
    demo: { deploy: boolean; namespace: string };
}

/** Settings about the mesh's workloads and size that are right by themselves and wrong together. */
export function findMeshContradictions(settings: ComparedMeshSettings): SettingsProblem[] {
    return [
        ...Object.keys(settings.namespaces).flatMap((name) => ownershipProblems(name, settings)),
        ...Object.entries(settings.namespaces).flatMap(([name, { provider }]) =>
            // Of an existing Istio, only the cluster knows the providers.
            provider === undefined || !settings.istio.install
                ? []
                : providerProblems(name, provider, settings.istio.values),
        ),
        ...findReplicaProblems(settings.istio.replicas),
        ...(settings.istio.install ? findRevisionProblems(settings.istio) : []),
    ];
}

function ownershipProblems(name: string, settings: ComparedMeshSettings): SettingsProblem[] {
    const { istio, demo } = settings;
    const owner = name === istio.namespace ? "istio.namespace" : name === demo.namespace ? "demo.namespace" : undefined;
    if (owner === undefined || (owner === "demo.namespace" && !demo.deploy)) return [];
    return [
        {
            key: `namespaces.${name}`,
            expected: "a namespace that somebody else owns",
            got: `${showSetting(name)}, which the program itself owns as ${owner}`,
            next:
                "remove it; samplingPercent applies " +
                `there${owner === "demo.namespace" ? ", or set demo.deploy to false" : ""}`,
        },
    ];
}

/** Istio drops a provider that it does not know, or that takes no spans, and traces nothing. */
function providerProblems(namespace: string, name: string, istiodValues: PlainObject): SettingsProblem[] {
    const providers = userProviders(istiodValues).filter(
        (provider): provider is ExtensionProvider => isPlainObject(provider) && typeof provider["name"] === "string",
    );
    const found = findProvider({ extensionProviders: providers }, name);
    if (name === TRACING_PROVIDER || (found !== undefined && isTracingProvider(found))) return [];
    const known = [TRACING_PROVIDER, ...providers.filter(isTracingProvider).map((provider) => provider.name)];
    return [
        {
            key: `namespaces.${namespace}.provider`,
            expected: `a provider that accepts spans (${TRACING_KINDS.join(", ")}): ${known.join(", ")}`,
            got: found === undefined ? showSetting(name) : `${showSetting(name)}, which accepts none`,
            next: "correct the name, or add the provider to istio.values.meshConfig.extensionProviders",
        },
    ];
}

/** Names that an istiod cannot have, and a tag that selects what the name selects already: both would inject a pod. */
export function findRevisionProblems({
    revision = "",
    revisionTags,
}: {
    revision?: string | undefined;
    revisionTags: readonly string[];
}): SettingsProblem[] {
    const own = revision === "" ? DEFAULT_TAG : revision;
    const nameProblem = {
        key: "istio.revision",
        expected: "at most 56 characters and not default, because it is part of the name of the program's istiod",
        got: showSetting(revision),
        next: "choose another name, or omit it for the default revision",
    };
    return [
        ...(revision === DEFAULT_TAG || revision.length > 56 ? [nameProblem] : []),
        ...revisionTags.flatMap((tag, index) =>
            tag === own
                ? {
                      key: `istio.revisionTags.${String(index)}`,
                      expected: `a tag other than ${showSetting(own)}, which already names this revision`,
                      got: showSetting(tag),
                      next: "remove the tag",
                  }
                : [],
        ),
    ];
}

/** Fewer copies of istiod at most than at least. */
export function findReplicaProblems({ min, max }: ComparedMeshSettings["istio"]["replicas"]): SettingsProblem[] {
    if (min <= max) return [];
    return [
        {
            key: "istio.replicas.min",
            expected: `at most istio.replicas.max, ${String(max)}`,
            got: String(min),
            next: "lower min or raise max",
        },
    ];
}
