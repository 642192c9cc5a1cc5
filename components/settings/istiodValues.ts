import { camelCase, snakeCaseFields } from "../../checks/mesh/fieldNames";
import { TRACING_PROVIDER } from "../render/meshConfig";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { findOverrideProblems } from "./overrides";
import { showSetting, type SettingsProblem } from "./problems";

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

/** The user's own providers are added to the program's. */
const PROVIDERS = "meshConfig.extensionProviders";

/** What in the user's chart values contradicts the values that the settings own. */
export function findIstiodValuesProblems(extra: PlainObject, owned: PlainObject): SettingsProblem[] {
    const malformed = shapeProblems(extra);
    const wellFormed = Object.entries(extra).filter(([name]) => !malformed.some(({ key }) => key === keyOf(name)));
    const override = {
        setting: "istiodValues",
        refused: REFUSED_VALUES,
        settingOf: SETTING_OF_VALUE,
        lists: [],
        fixed: "remove it: tracing as this program proves it rests on this value, and no setting changes it",
    };
    const others = findOverrideProblems(override, Object.fromEntries(wellFormed), owned);
    return [
        ...malformed,
        ...spellingProblems(extra),
        ...providerProblems(extra),
        ...others.filter(({ key }) => key !== keyOf(PROVIDERS)),
    ];
}

function shapeProblems(extra: PlainObject): SettingsProblem[] {
    return Object.entries(extra).flatMap(([name, value]) => {
        // The chart's own values have no dot in their names: this is a path that was meant to be written out.
        if (/^$|\./.test(name)) {
            return [
                problem(
                    name,
                    "no such value here",
                    showSetting(value),
                    "write each part of the path as an object of its own",
                ),
            ];
        }
        if (name === "env" && !isPlainObject(value)) {
            return [problem(name, "an object of names and values", showSetting(value), "write it as an object")];
        }
        if (name === "envVarFrom" && !Array.isArray(value)) {
            return [
                problem(name, "a list of variables, as in a container's env", showSetting(value), "write it as a list"),
            ];
        }
        return [];
    });
}

/** istiod takes both spellings of most fields, so that one would pass by what the settings own. */
function spellingProblems({ meshConfig }: PlainObject): SettingsProblem[] {
    if (!isPlainObject(meshConfig)) return [];
    return snakeCaseFields(meshConfig).map((path) => {
        const name = path.at(-1) ?? "";
        const right = camelCase(name);
        const key = ["meshConfig", ...path].join(".");
        return problem(key, `the field as Istio's reference spells it, ${right}`, name, `write ${right}`);
    });
}

function providerProblems(extra: PlainObject): SettingsProblem[] {
    const mesh = extra["meshConfig"];
    const providers = isPlainObject(mesh) ? mesh["extensionProviders"] : undefined;
    if (providers === undefined) return [];
    const form = "a list of providers, each an object with a name";
    if (!Array.isArray(providers)) return [problem(PROVIDERS, form, showSetting(providers), "write it as a list")];
    const nameOf = (provider: unknown): unknown => (isPlainObject(provider) ? provider["name"] : undefined);
    return providers.flatMap((provider: unknown, index) => {
        const name = nameOf(provider);
        const at = `${PROVIDERS}[${String(index)}]`;
        if (typeof name !== "string" || name === "")
            return [problem(at, form, showSetting(provider), "give it a name")];
        const first = providers.findIndex((other) => nameOf(other) === name);
        if (first < index) {
            const once = `a name other than that of the provider [${String(first)}]`;
            return [problem(`${at}.name`, once, showSetting(name), "choose another name")];
        }
        if (name !== TRACING_PROVIDER) return [];
        const taken = `a name other than "${TRACING_PROVIDER}", which is the program's own provider`;
        return [problem(`${at}.name`, taken, showSetting(name), "choose another name")];
    });
}

function problem(key: string, expected: string, got: string, next: string): SettingsProblem {
    return { key: keyOf(key), expected, got, next };
}

function keyOf(path: string): string {
    return `istiodValues.${path}`;
}
