import * as pulumi from "@pulumi/pulumi";
import { renderOwnedValues, userProviders } from "../render/istiodValues";
import { misspeltKeys } from "../../shared/values/nearest";
import { isPlainObject } from "../../shared/values/plainObjects";
import { findAdoptedProblems } from "./adoptedProblems";
import { findCertManagerChartProblems, findIstioChartProblems } from "./chartAccess";
import { findCniContradictions, findCniValuesProblems } from "./cniContradictions";
import { completeSettings, type Settings } from "./complete";
import { findContradictions } from "./contradictions";
import { findDoctorContradictions } from "./doctorContradictions";
import { findExistingMeshContradictions } from "./existingMeshContradictions";
import { findUndiscovered, meshNamespaces } from "./discoverySelectors";
import { findIstiodValuesProblems } from "./istiodValues";
import { findOwnNamespaceProblems } from "./ownNamespaceProblems";
import { findJaegerConfigProblems } from "./jaegerConfig";
import { findJaegerContradictions } from "./jaegerContradictions";
import { findMetricsContradictions } from "./metricsContradictions";
import { mustBeEncrypted } from "./misplacedSecrets";
import { parseSettings } from "./parse";
import { SettingsError, showSetting, type SettingsProblem } from "./problems";
import { findTierContradictions } from "./tierContradictions";
import { findUiProblems } from "./uiContradictions";

export type { Settings } from "./complete";

/** The SDK keeps this out of its types, and has no other way to tell which keys of the configuration are encrypted. */
const sdk = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/**
 * Reads the configuration of the current stack.
 *
 * @throws SettingsError with every problem at once, before any resource is registered.
 */
export function readSettings(): Settings {
    const prefix = `${pulumi.getProject()}:`;
    const all = pulumi.runtime.allConfig();
    const misspelt = misspeltKeys(Object.keys(all), pulumi.getProject());
    const own = Object.entries(all)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value] as const);
    return resolveSettings(Object.fromEntries(own), {
        isEncrypted: (key) => sdk.isConfigSecret(`${prefix}${key}`),
        stack: pulumi.getStack(),
        found: misspelt.map(({ key, meant }) => ({
            ...{ key, expected: `the prefix ${prefix}, because this program reads no setting without it` },
            ...{ got: showSetting(key), next: `did you mean ${showSetting(meant)}? Correct it or remove it` },
        })),
    });
}

/** What is known of a configuration beside its values. */
export interface ConfigurationContext {
    /**
     * True for a key that the stack's file holds as a secret, wholly or in part.
     * @default those that must be are
     */
    isEncrypted?: (key: string) => boolean;
    /** Name of the stack, for commands that correct it. @default the stack that is selected */
    stack?: string | undefined;
    /** Problems of the configuration beside these settings. @default none */
    found?: SettingsProblem[];
}

/**
 * Turns a stack's configuration, without the project's prefix, into settings.
 *
 * @throws SettingsError with every problem at once.
 */
export function resolveSettings(
    raw: Record<string, string>,
    { isEncrypted = mustBeEncrypted, stack, found = [] }: ConfigurationContext = {},
): Settings {
    const { values, problems, unusable } = parseSettings({ raw, isEncrypted, stack });
    const settings = completeSettings(values);
    // A setting that could not be read stands at its default here: what follows from that is no news. The address that
    // stands in for another is that of the stack's own Jaeger.
    const collector = { ...settings.collector, ...(unusable.has("collectorAddress") && { host: "" }) };
    const apart = [
        ...findContradictions({ ...settings, collector }),
        ...(unusable.has("jaeger.storage") || unusable.has("jaeger.deploy")
            ? []
            : [...findJaegerContradictions(values, settings), ...findConfigProblems(settings)]),
        ...(unusable.has("ui")
            ? []
            : findUiProblems({
                  ui: values.ui,
                  uiBasicAuth: values.uiBasicAuth,
                  namespaces: {
                      "istio.namespace": settings.istio.namespace,
                      "demo.namespace": settings.demo.namespace,
                  },
                  hasJaeger: settings.jaeger.deploy,
                  extensionProviders: settings.istio.install ? providerNames(settings) : undefined,
              })),
        ...findMetricsContradictions(values, settings),
        ...findTierContradictions(values, settings),
        ...findDoctorContradictions(values, settings),
        ...findExistingMeshContradictions(values),
        ...findAdoptedProblems(settings),
        ...findIstioChartProblems(settings),
        ...findCertManagerChartProblems(settings),
        ...findIstiodValuesProblems(settings.istio.values, renderOwnedValues(istiodSpec(settings))),
        ...findCniContradictions(values["istio.cni"], settings.istio.values),
        ...findCniValuesProblems(settings.istio.cni.values, istioCniSpec(settings)),
        ...findOwnNamespaceProblems(settings),
        ...findUndiscovered(settings.istio.values, meshNamespaces(settings)),
    ].filter((problem) => ![...unusable].some((key) => concerns(problem.key, key)));
    const all = [...found, ...problems, ...apart];
    if (all.length > 0) throw new SettingsError(all);
    return settings;
}

function findConfigProblems({ jaeger, metrics }: Settings): SettingsProblem[] {
    return findJaegerConfigProblems(jaeger.config, jaeger.storage, metrics, jaeger.kafka);
}

/** The inputs of the istiod chart that follow from the settings. */
function istiodSpec({ istio, ...settings }: Settings): Parameters<typeof renderOwnedValues>[0] {
    return {
        collector: settings.collector,
        headerNames: Object.keys(settings.collectorHeaders),
        istioVersion: istio.version,
        namespace: istio.namespace,
        revision: istio.revision ?? "",
        revisionTags: istio.revisionTags,
        clusterDomain: settings.clusterDomain,
        hub: istio.hub,
        imagePullPolicy: settings.imagePullPolicy,
        istiodReplicas: istio.replicas,
        istiodResources: settings.resources.istiod,
        proxyResources: settings.resources.proxy,
        pods: settings.pods.istiod,
        cni: istio.cni.provider,
    };
}

/** The inputs of the cni chart that follow from the settings. */
function istioCniSpec({ istio, ...settings }: Settings): Parameters<typeof findCniValuesProblems>[1] {
    return {
        ...istio.cni,
        version: istio.version,
        hub: istio.hub,
        imagePullPolicy: settings.imagePullPolicy,
        resources: settings.resources.cni,
        pods: settings.pods.cni,
        istiodValues: istio.values,
    };
}

/** Names of the extension providers that the user adds to the mesh configuration. */
function providerNames({ istio }: Settings): string[] {
    return userProviders(istio.values).flatMap((provider) =>
        isPlainObject(provider) && typeof provider["name"] === "string" ? [provider["name"]] : [],
    );
}

function concerns(problemKey: string, setting: string): boolean {
    return problemKey === setting || problemKey.startsWith(`${setting}.`);
}
