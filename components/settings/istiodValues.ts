import { TRACING_PROVIDER } from "../render/meshConfig";
import { canonicalJson, isPlainObject, type PlainObject } from "../render/objects";
import { show, type SettingsProblem } from "./problems";

/** Chart values that would fight the settings, or that the chart takes and silently ignores. */
export const REFUSED_VALUES: Record<string, string> = {
    pilot: "current charts ignore values below pilot: write them at the top level, for example env instead of pilot.env",
    _internal_defaults_do_not_set: "write the value at the top level, as the chart itself asks",
    defaults: "write the value at the top level, as the chart itself asks",
    configMap: "remove it: without its ConfigMap istiod would not see the tracing configuration",
    revision: "remove it: the program installs the default revision",
    traceSampling: "set samplingPercent instead",
    "env.PILOT_TRACE_SAMPLING": "set samplingPercent instead",
    "global.tracer": "set collectorAddress and collectorProtocol instead",
    "global.proxy.tracer": "set collectorAddress and collectorProtocol instead",
    hub: "set istioHub instead",
    tag: "set istioVersion instead",
    image: "set istioHub and istioVersion instead",
    "global.proxy.image": "set istioHub and istioVersion instead",
    "global.proxy_init.image": "set istioHub and istioVersion instead",
    "meshConfig.discoverySelectors":
        "remove it: istiod would see neither the collector nor the demo, and spans would be lost without a word",
    "meshConfig.rootNamespace": "set istioNamespace instead",
    "meshConfig.defaultProviders.tracing": "remove it: the Telemetry mesh-default names the provider",
    "meshConfig.defaultConfig.tracing": "set samplingPercent, collectorAddress and collectorProtocol instead",
    "meshConfig.defaultConfig.sampling": "set samplingPercent instead; Istio has no such field here and would drop it",
};

/** The settings that decide chart values. */
export const SETTING_OF_VALUE: Record<string, string> = {
    "global.istioNamespace": "istioNamespace",
    "global.hub": "istioHub",
    "global.tag": "istioVersion",
    "global.imagePullPolicy": "imagePullPolicy",
    "global.proxy.clusterDomain": "clusterDomain",
    "global.proxy.resources": "resources.proxy",
    resources: "resources.istiod",
    autoscaleEnabled: "istiodReplicas",
    autoscaleMin: "istiodReplicas",
    autoscaleMax: "istiodReplicas",
    replicaCount: "istiodReplicas",
};

/** What in the user's chart values contradicts the values that the settings own. */
export function findIstiodValuesProblems(extra: PlainObject, owned: PlainObject): SettingsProblem[] {
    return [...providerProblems(extra), ...walk(extra, owned, [])];
}

function walk(extra: PlainObject, owned: PlainObject, path: string[]): SettingsProblem[] {
    return Object.entries(extra).flatMap(([name, value]) => {
        const at = [...path, name];
        const key = at.join(".");
        if (key === "meshConfig.extensionProviders") return [];
        const cure = refusal(at);
        if (cure !== undefined) return [problem(key, "no such value here", show(value), cure)];
        if (key === "env" && !isPlainObject(value)) {
            return [problem(key, "an object of names and values", show(value), "write it as an object")];
        }
        if (key === "envVarFrom" && !Array.isArray(value)) {
            return [problem(key, "a list of variables, as in a container's env", show(value), "write it as a list")];
        }
        const ours = Object.hasOwn(owned, name) ? owned[name] : undefined;
        if (isPlainObject(value))
            return walk(value, isPlainObject(ours) ? ours : {}, at).concat(shapeProblem(key, value, ours));
        if (ours === undefined || canonicalJson(ours) === canonicalJson(value)) return [];
        return [ownedProblem(key, value, ours)];
    });
}

function refusal(path: string[]): string | undefined {
    const key = path.join(".");
    if (Object.hasOwn(REFUSED_VALUES, key)) return REFUSED_VALUES[key];
    // The chart's own values have no dot in their names: this is a path that was meant to be written out.
    return /^$|\./.test(path[0] ?? "") ? "write each part of the path as an object of its own" : undefined;
}

function shapeProblem(key: string, value: PlainObject, ours: unknown): SettingsProblem[] {
    return ours === undefined || isPlainObject(ours) ? [] : [ownedProblem(key, value, ours)];
}

function ownedProblem(key: string, value: unknown, ours: unknown): SettingsProblem {
    const setting = Object.entries(SETTING_OF_VALUE).find(([path]) => key === path || key.startsWith(`${path}.`))?.[1];
    const next =
        setting === undefined
            ? "remove it: tracing as this program proves it rests on this value, and no setting changes it"
            : `remove it and set ${setting}`;
    return problem(key, `${show(ours)}, which the program decides`, show(value), next);
}

function providerProblems(extra: PlainObject): SettingsProblem[] {
    const mesh = extra["meshConfig"];
    const providers = isPlainObject(mesh) ? mesh["extensionProviders"] : undefined;
    if (providers === undefined) return [];
    const key = "meshConfig.extensionProviders";
    const form = "a list of providers, each an object with a name";
    if (!Array.isArray(providers)) return [problem(key, form, show(providers), "write it as a list")];
    const nameOf = (provider: unknown): unknown => (isPlainObject(provider) ? provider["name"] : undefined);
    return providers.flatMap((provider: unknown, index) => {
        const name = nameOf(provider);
        const at = `${key}[${String(index)}]`;
        if (typeof name !== "string" || name === "") return [problem(at, form, show(provider), "give it a name")];
        const first = providers.findIndex((other) => nameOf(other) === name);
        if (first < index) {
            const once = `a name other than that of the provider [${String(first)}]`;
            return [problem(`${at}.name`, once, show(name), "choose another name")];
        }
        if (name !== TRACING_PROVIDER) return [];
        const taken = `a name other than "${TRACING_PROVIDER}", which is the program's own provider`;
        return [problem(`${at}.name`, taken, show(name), "choose another name")];
    });
}

function problem(key: string, expected: string, got: string, next: string): SettingsProblem {
    return { key: `istiodValues.${key}`, expected, got, next };
}
