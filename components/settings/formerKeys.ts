import { nearest } from "../../shared/values/nearest";
import { FIELDS, type SettingKey } from "./fields";
import { CONFIG_KEYS, GROUPS, membersOf, type Group } from "./groups";

/** Settings that had a key of their own before they were grouped, and where they are now. */
export const FORMER_KEYS: Readonly<Record<string, SettingKey>> = {
    collectorProtocol: "collector.protocol",
    collectorTls: "collector.tls",
    istioVersion: "istio.version",
    istioChartSource: "istio.chartSource",
    istioHub: "istio.hub",
    istioNamespace: "istio.namespace",
    istiodReplicas: "istio.replicas",
    mtlsMode: "istio.mtlsMode",
    keepCrds: "istio.keepCrds",
    istiodValues: "istio.values",
    deployDemo: "demo.deploy",
    demoNamespace: "demo.namespace",
    frontendTraceContext: "demo.traceContext",
    frontendIntervalSeconds: "demo.intervalSeconds",
    deployJaeger: "jaeger.deploy",
    jaegerStorage: "jaeger.storage",
    jaegerMaxTraces: "jaeger.maxTraces",
    jaegerConfig: "jaeger.config",
};

/** The setting that was meant by a key that the program does not know. */
export function meantBy(key: string): string | undefined {
    return meant(key, [...CONFIG_KEYS.map(itself), ...former(), ...Object.keys(FIELDS).map(itself)]);
}

/** The setting that was meant by a name that a group has not. */
export function meantInGroup(group: Group, name: string): string | undefined {
    const members = [group, ...GROUPS].flatMap((one) =>
        membersOf(one).map((member): Word => [member, `${one}.${member}`]),
    );
    return meant(name, [...members, ...CONFIG_KEYS.map(itself), ...former()]);
}

/**
 * The path that a key means which was set without `--path`, such as `istio.version` or, with a former name,
 * `istiodReplicas.min`; undefined where there is no such setting.
 */
export function pathMeantBy(key: string): string | undefined {
    const [, head = "", rest = ""] = /^([^.[]+)([.[].*)$/.exec(key) ?? [];
    if (rest === "") return undefined;
    const path = `${FORMER_KEYS[head] ?? head}${rest}`;
    return settingAt(path) === undefined ? undefined : path;
}

/** The setting that a path names, or a part of whose value it names. */
export function settingAt(path: string): SettingKey | undefined {
    return (Object.keys(FIELDS) as SettingKey[]).find(
        (setting) => path === setting || path.startsWith(`${setting}.`) || path.startsWith(`${setting}[`),
    );
}

/** A word that somebody may write, and the setting that it means. */
type Word = readonly [word: string, setting: string];

const itself = (word: string): Word => [word, word];
const former = (): Word[] => Object.entries(FORMER_KEYS);

function meant(word: string, words: readonly Word[]): string | undefined {
    const near = nearest(
        word,
        words.map(([known]) => known),
    );
    return words.find(([known]) => known === near)?.[1];
}
