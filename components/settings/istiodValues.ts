import { camelCase, snakeCaseFields } from "../../checks/mesh/fieldNames";
import { isPlainObject, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { ACCESS_LOG, findAccessLogProblems } from "./accessLog";
import { valueKey, valueProblem } from "./chartValueProblem";
import { findSelectorProblems, SELECTORS } from "./discoverySelectors";
import { findProviderProblems, PROVIDERS } from "./extensionProviders";
import { findOverrideProblems } from "./overrides";
import { findPlatformProblems, PLATFORMS } from "./platform";
import { showSetting, type SettingsProblem } from "./problems";
import { findMatcherProblems, STATS_MATCHER } from "./statsMatcher";

/** Chart values that would fight the settings, or that the chart takes and silently ignores. */
export const REFUSED_VALUES: Record<string, string> = {
    pilot:
        "write them at the top level, for example env instead of pilot.env: the chart copies the values under pilot " +
        "over its other values, including those of the settings",
    platform: "set global.platform instead: Istio's templates read only that",
    _internal_defaults_do_not_set: "write the value at the top level, as the chart requires",
    defaults: "write the value at the top level, as the chart requires",
    configMap: "remove it: without its ConfigMap istiod would not see the tracing configuration",
    revision: "set istio.revision instead",
    revisionTags: "set istio.revisionTags instead",
    traceSampling: "set samplingPercent instead",
    "env.PILOT_TRACE_SAMPLING": "set samplingPercent instead",
    "global.tracer": "set collectorAddress and collector.protocol instead",
    "global.proxy.tracer": "set collectorAddress and collector.protocol instead",
    hub: "set istio.hub instead",
    tag: "set istio.version instead",
    image: "set istio.hub and istio.version instead",
    "global.proxy.image": "set istio.hub and istio.version instead",
    "global.proxy_init.image": "set istio.hub and istio.version instead",
    "meshConfig.rootNamespace": "set istio.namespace instead",
    "meshConfig.defaultProviders.tracing": "remove it: the Telemetry mesh-default names the provider",
    "meshConfig.defaultConfig.tracing": "set samplingPercent, collectorAddress and collector.protocol instead",
    "meshConfig.defaultConfig.sampling": "set samplingPercent instead; Istio has no such field here and would drop it",
};

/** Chart values that are more than taken as they are: what is accepted, and what becomes of it. */
export const JUDGED_VALUES: Record<string, { accepts: string; becomes: string }> = {
    [PROVIDERS]: {
        accepts: "a list of providers, each with a unique name and one kind",
        becomes: `added to the program's provider, whose name "tracing" is reserved, in upper and lower case`,
    },
    [STATS_MATCHER]: {
        accepts: "inclusionPrefixes, inclusionSuffixes and inclusionRegexps (RE2), each a list of texts",
        becomes: "added to the program's lists; your pods keep the statistics after their next restart",
    },
    "meshConfig.accessLogFile": {
        accepts: '"/dev/stdout", "/dev/stderr", or "" for no access log',
        becomes: "takes effect within seconds; without a log the doctor has less evidence",
    },
    "meshConfig.accessLogEncoding": {
        accepts: '"TEXT" or "JSON"',
        becomes: "with JSON and no format, the fields of the program's text format, each under its name",
    },
    "meshConfig.accessLogFormat": {
        accepts: "a format string of Envoy's; with the encoding JSON, an object of fields as JSON text",
        becomes:
            "a text stays unchanged, with a warning if lines do not contain their trace ID; an object gets trace_id, " +
            "span_id and traceparent unless one of your fields has the same operator",
    },
    [SELECTORS]: {
        accepts: "label selectors that select the namespaces that the program creates or traces",
        becomes:
            "rejected if they exclude one; a warning if that depends on labels that others set, which npm " +
            "run preflight checks for traced namespaces",
    },
    "global.platform": {
        accepts: PLATFORMS.join(", "),
        becomes: "the values of Istio's charts for that platform; openshift needs Istio's CNI plugin (istio.cni)",
    },
};

/** The settings that decide chart values. */
export const SETTING_OF_VALUE: Record<string, string> = {
    "global.istioNamespace": "istio.namespace",
    "global.hub": "istio.hub",
    "global.tag": "istio.version",
    "global.imagePullPolicy": "imagePullPolicy",
    "global.proxy.clusterDomain": "clusterDomain",
    "global.proxy.resources": "resources.proxy",
    resources: "resources.istiod",
    autoscaleEnabled: "istio.replicas",
    autoscaleMin: "istio.replicas",
    autoscaleMax: "istio.replicas",
    replicaCount: "istio.replicas",
    "cni.enabled": "istio.cni.mode",
    "cni.provider": "istio.cni.provider",
    nodeSelector: "pods.istiod.nodeSelector",
    tolerations: "pods.istiod.tolerations",
    affinity: "pods.istiod.affinity",
    serviceAccountAnnotations: "pods.istiod.serviceAccountAnnotations",
    podLabels: "pods.istiod.labels",
    deploymentLabels: "pods.istiod.labels",
    podAnnotations: "pods.istiod.annotations",
    "global.priorityClassName": "pods.istiod.priorityClassName",
    "global.imagePullSecrets": "pods.istiod.imagePullSecrets",
};

/** What is judged by itself: most of it is merged with the program's own. */
const JUDGED = [SELECTORS, PROVIDERS, STATS_MATCHER, ...ACCESS_LOG].map(valueKey);

/** What in the user's chart values contradicts the values that the settings own. */
export function findIstiodValuesProblems(extra: PlainObject, owned: PlainObject): SettingsProblem[] {
    const malformed = shapeProblems(extra);
    const wellFormed = Object.entries(extra).filter(([name]) => !malformed.some(({ key }) => key === valueKey(name)));
    const override = {
        setting: "istio.values",
        refused: REFUSED_VALUES,
        settingOf: SETTING_OF_VALUE,
        lists: [],
        fixed: "remove it: tracing depends on this value, and no setting changes it",
    };
    const mesh = mapAt(extra, "meshConfig");
    const others = findOverrideProblems(override, Object.fromEntries(wellFormed), owned);
    return [
        ...malformed,
        ...spellingProblems(extra),
        ...findPlatformProblems(extra),
        ...findSelectorProblems(mesh),
        ...findProviderProblems(mesh),
        ...findMatcherProblems(mesh),
        ...findAccessLogProblems(mesh, owned),
        ...others.filter(({ key }) => !JUDGED.some((judged) => key === judged || key.startsWith(`${judged}.`))),
    ];
}

function shapeProblems(extra: PlainObject): SettingsProblem[] {
    return Object.entries(extra).flatMap(([name, value]) => {
        // The chart's own values have no dot in their names: this is a path that was meant to be written out.
        if (/^$|\./.test(name)) {
            return [
                valueProblem(
                    name,
                    "no such value here",
                    showSetting(value),
                    "write each part of the path as a separate object",
                ),
            ];
        }
        if (name === "env" && !isPlainObject(value)) {
            return [valueProblem(name, "an object of names and values", showSetting(value), "write it as an object")];
        }
        if (name === "envVarFrom" && !Array.isArray(value)) {
            return [
                valueProblem(
                    name,
                    "a list of variables, as in a container's env",
                    showSetting(value),
                    "write it as a list",
                ),
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
        return valueProblem(key, `the field as Istio's reference spells it, ${right}`, name, `write ${right}`);
    });
}
