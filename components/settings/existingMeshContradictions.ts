import { canonicalJson, isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { isSecret, type Field } from "./field";
import { FIELDS, type SettingKey } from "./fields";
import type { ParsedSettings } from "./parse";
import { showSetting, type SettingsProblem } from "./problems";
import { resolveUi } from "./ui";
import { answersHttpChallenge } from "../ui";

/** Settings of an Istio that the program installs, and what decides them in one that is there already. */
const OF_OWN_ISTIO = {
    "istio.hub": "its installer decides its images",
    "istio.revisionTags": "its owner tags its revisions",
    "istio.replicas": "its installer decides how many copies of istiod run",
    "istio.mtlsMode": "its owner's PeerAuthentication decides that",
    "istio.keepCrds": "npm run cleanup never touches its CRDs",
    collectorHeaders: "its provider holds the headers, in the mesh configuration",
    "collector.path": "its provider holds the path, in the mesh configuration",
} satisfies Partial<Record<SettingKey, string>>;

/** Settings that the gateway of the UI uses as well. */
const OF_VERSION = {
    "istio.version": "the image of its istiod determines its version",
} satisfies Partial<Record<SettingKey, string>>;

/** Settings that adopted releases use as well. */
const OF_CHARTS = {
    "istio.chartSource": "no chart is installed",
    "istio.chartAccess": "no chart is installed",
    istioChartPassword: "no chart is installed",
} satisfies Partial<Record<SettingKey, string>>;

/** Settings that every Helm chart uses. */
const OF_EVERY_CHART = {
    helmAtomic: "no chart is installed",
} satisfies Partial<Record<SettingKey, string>>;

/** Settings of an existing Istio. */
const OF_EXISTING = [
    "istio.provider",
    "istio.rootNamespace",
    "istio.ambient",
    "istio.adopted",
    "istio.adoptedState",
] as const;

/** Settings that only an Istio of the program's own, or only one that is there already, would use. */
export function findExistingMeshContradictions(values: ParsedSettings): SettingsProblem[] {
    if (values["istio.install"]) {
        return OF_EXISTING.filter((key) => isGiven(values, key)).map((key) =>
            unused(key, values[key], "an Istio that the program installs: istio.install is true"),
        );
    }
    const hasGateway = values.ui.mode === "gateway";
    const isAdopted = values["istio.adopted"].istiod !== undefined;
    const asked = {
        ...OF_OWN_ISTIO,
        ...(hasGateway ? {} : OF_VERSION),
        ...(hasGateway || isAdopted ? {} : { ...OF_CHARTS, ...OF_EVERY_CHART }),
    };
    return [
        ...Object.entries(asked)
            .filter(([key]) => isGiven(values, key as SettingKey))
            .map(([key, why]) => notOurs(key, values[key as SettingKey], why, FIELDS[key as SettingKey])),
        ...challengeProblems(values),
        ...chartValueProblems(values["istio.values"]),
        ...cniProblems(values["istio.cni"]),
        ...membersOf(values.resources, ["istiod", "cni", ...(hasGateway ? [] : ["proxy"])]).map(([name, value]) =>
            notOurs(`resources.${name}`, value, "its installer decides the size of its pods and sidecars"),
        ),
        ...membersOf(values.pods, ["istiod", "cni"]).map(([name, value]) =>
            notOurs(`pods.${name}`, value, "its installer decides where its pods run and which labels they have"),
        ),
        ...membersOf(values.ownNamespaces, ["istio"])
            .filter(([, value]) => !isExisting(value))
            .map(([name, value]) => notOurs(`ownNamespaces.${name}`, value, "its owner has created its namespace")),
    ];
}

/** The members of a group that are given, of those named. */
function membersOf(group: object, names: string[]): [name: string, value: unknown][] {
    return Object.entries(group).filter(([name, value]) => names.includes(name) && value !== undefined);
}

/** True for what says only that the namespace is there. */
function isExisting(policy: unknown): boolean {
    return canonicalJson(policy) === canonicalJson({ existing: true });
}

/** istiod serves the Ingress of a challenge only as its mesh configuration says. */
function challengeProblems({ ui }: ParsedSettings): SettingsProblem[] {
    const resolved = resolveUi(ui);
    if (resolved.mode !== "gateway" || !answersHttpChallenge(resolved)) return [];
    return [
        {
            key: "ui.tls.issuer.solvers",
            expected:
                "a solver that needs no gateway, such as dns01, because istio.install is false: for HTTP-01, istiod " +
                "would need ingressClass and ingressSelector in a mesh configuration that is not this program's",
            got: "nothing, which is HTTP-01 at the gateway",
            next: "name a dns01 solver, or set ui.tls.mode to secret or ui.tls.issuer.type to ca",
        },
    ];
}

/** Only what the program itself must know of the platform. */
function chartValueProblems({ global, ...others }: PlainObject): SettingsProblem[] {
    const more = Object.fromEntries(
        Object.entries(isPlainObject(global) ? global : {}).filter(([name]) => name !== "platform"),
    );
    const given = { ...others, ...(Object.keys(more).length > 0 && { global: more }) };
    return Object.entries(given).map(([name, value]) =>
        notOurs(
            `istio.values.${name}`,
            value,
            "no chart of istiod is installed, and only global.platform is used: openshift lets the platform choose the user IDs of Jaeger",
        ),
    );
}

function cniProblems({ mode, ...given }: ParsedSettings["istio.cni"]): SettingsProblem[] {
    return [
        ...(mode === "install"
            ? [notOurs("istio.cni.mode", mode, "its owner installs its CNI plugin; set installed if it has one")]
            : []),
        ...Object.entries(given).map(([name, value]) =>
            notOurs(`istio.cni.${name}`, value, "its owner installs its CNI plugin"),
        ),
    ];
}

function notOurs(key: string, value: unknown, why: string, field?: Field): SettingsProblem {
    return {
        key,
        expected: `nothing, because istio.install is false: ${why}`,
        got: field !== undefined && isSecret(field) ? "a value, which is not shown" : showSetting(value),
        next: `remove it (pulumi config rm --path ${key}), or set istio.install to true`,
    };
}

function unused(key: string, value: unknown, why: string): SettingsProblem {
    return {
        key,
        expected: `nothing of ${why}`,
        got: showSetting(value),
        next: "remove it, or set istio.install to false to trace an existing Istio",
    };
}

/** True where a setting has another value than its default. */
function isGiven(values: ParsedSettings, key: SettingKey): boolean {
    const field: Field = FIELDS[key];
    return canonicalJson(values[key]) !== canonicalJson(field.schema.parse(field.default));
}
