import * as pulumi from "@pulumi/pulumi";
import { collectorAt, type Collector } from "../collector";
import type { TraceContextOrigin } from "../render/frontendScript";
import { renderOwnedValues, userProviders } from "../render/istiodValues";
import { misspeltKeys } from "../../shared/values/nearest";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { DEFAULT_RESOURCES, SIZED_CONTAINERS, type ResourceRequirements, type SizedContainer } from "../resources";
import type { NamespacePolicy, OwnNamespace } from "../ownNamespaces";
import type { PodPolicy, Workload } from "../pods";
import type { JaegerStorage } from "../storage";
import type { BasicCredential, Ui } from "../ui";
import * as versions from "../versions";
import { findContradictions } from "./contradictions";
import type { NamespaceTracing } from "../namespaceTracing";
import { findUndiscovered, meshNamespaces } from "./discoverySelectors";
import { mirroredImage } from "./imageReferences";
import { findIstiodValuesProblems } from "./istiodValues";
import { findOwnNamespaceProblems } from "./ownNamespaceProblems";
import { findJaegerConfigProblems } from "./jaegerConfig";
import { findJaegerContradictions } from "./jaegerContradictions";
import { resolveJaegerStorage } from "./jaegerStorage";
import { mustBeEncrypted } from "./misplacedSecrets";
import { parseSettings, type ParsedSettings } from "./parse";
import { SettingsError, showSetting, type SettingsProblem } from "./problems";
import { resolveCredential, resolveJaegerAccess, resolveUi, type JaegerAccess } from "./ui";
import { findUiProblems } from "./uiContradictions";

/** The SDK keeps this out of its types, and has no other way to tell which keys of the configuration are encrypted. */
const sdk = pulumi.runtime as unknown as { isConfigSecret: (key: string) => boolean };

/** The configuration of a stack: validated, complete, in plain values. */
export interface Settings {
    /** Percent of new traces that are recorded, 0 to 100. */
    samplingPercent: number;
    collector: Collector;
    /** Headers of every export call, by lower-case name. */
    collectorHeaders: Record<string, string>;
    /** False when traces are kept elsewhere. */
    deployJaeger: boolean;
    /** How people get at the Jaeger UI. */
    ui: Ui;
    /** What Jaeger asks for before it answers a query. */
    uiCredential: BasicCredential | undefined;
    /** Who may reach Jaeger inside of the cluster: sidecars and the gateway, or every pod. */
    jaegerAccess: JaegerAccess;
    istioVersion: string;
    /** Helm repository, OCI registry or folder of Istio's charts. */
    istioChartSource: string;
    istioHub: string;
    images: { jaeger: string; frontend: string; backend: string };
    imagePullPolicy: string;
    istioNamespace: string;
    demoNamespace: string;
    /** False leaves frontend, backend and their namespace out. */
    deployDemo: boolean;
    /** Namespaces of somebody else's that are traced, by name. */
    namespaces: Record<string, NamespaceTracing>;
    mtlsMode: "PERMISSIVE" | "STRICT";
    /** Copies of istiod; autoscaled between the two when they differ. */
    istiodReplicas: { min: number; max: number };
    clusterDomain: string;
    frontendTraceContext: TraceContextOrigin;
    frontendIntervalSeconds: number;
    jaegerStorage: JaegerStorage;
    /** Password of `jaegerStorage.username`; empty for none. */
    jaegerStoragePassword: string;
    /** Further configuration of Jaeger, merged last. */
    jaegerConfig: PlainObject;
    resources: Record<SizedContainer, ResourceRequirements>;
    /** Whose each namespace of the program's is, and what is written on it. */
    ownNamespaces: Record<OwnNamespace, NamespacePolicy>;
    /** Where the pods of each workload run, and what is written on them. */
    pods: Record<Workload, PodPolicy>;
    readyTimeoutSeconds: number;
    helmAtomic: boolean;
    /** Read by `npm run cleanup`, which follows a destroy. */
    keepCrds: boolean;
    /** Further values of the istiod chart, merged last. */
    istiodValues: PlainObject;
}

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
    return resolveSettings(
        Object.fromEntries(own),
        (key) => sdk.isConfigSecret(`${prefix}${key}`),
        misspelt.map(({ key, meant }) => ({
            ...{ key, expected: `the prefix ${prefix}, without which this program reads no setting` },
            ...{ got: showSetting(key), next: `did you mean ${showSetting(meant)}? Correct it or remove it` },
        })),
    );
}

/**
 * Turns a stack's configuration, without the project's prefix, into settings.
 *
 * @param isEncrypted true for a setting that the stack's file holds as a secret, wholly or in part.
 *   @default those that must be are
 * @param found problems of the configuration beside these settings.
 * @throws SettingsError with every problem at once.
 */
export function resolveSettings(
    raw: Record<string, string>,
    isEncrypted: (key: string) => boolean = mustBeEncrypted,
    found: SettingsProblem[] = [],
): Settings {
    const { values, problems, unusable } = parseSettings(raw, isEncrypted);
    const settings = complete(values);
    // A setting that could not be read stands at its default here: what follows from that is no news.
    const apart = [
        ...findContradictions(settings),
        ...(unusable.has("jaegerStorage") || unusable.has("deployJaeger")
            ? []
            : [
                  ...findJaegerContradictions(values, settings),
                  ...findJaegerConfigProblems(settings.jaegerConfig, settings.jaegerStorage),
              ]),
        ...(unusable.has("ui")
            ? []
            : findUiProblems({ ...settings, ...values, extensionProviders: providerNames(settings) })),
        ...findIstiodValuesProblems(settings.istiodValues, renderOwnedValues(istiodSpec(settings))),
        ...findOwnNamespaceProblems(settings),
        ...findUndiscovered(settings.istiodValues, meshNamespaces(settings)),
    ].filter((problem) => ![...unusable].some((key) => concerns(problem.key, key)));
    const all = [...found, ...problems, ...apart];
    if (all.length > 0) throw new SettingsError(all);
    return settings;
}

/** The inputs of the istiod chart that follow from the settings. */
function istiodSpec(settings: Settings): Parameters<typeof renderOwnedValues>[0] {
    return {
        collector: settings.collector,
        headerNames: Object.keys(settings.collectorHeaders),
        istioVersion: settings.istioVersion,
        namespace: settings.istioNamespace,
        clusterDomain: settings.clusterDomain,
        hub: settings.istioHub,
        imagePullPolicy: settings.imagePullPolicy,
        istiodReplicas: settings.istiodReplicas,
        istiodResources: settings.resources.istiod,
        proxyResources: settings.resources.proxy,
        pods: settings.pods.istiod,
    };
}

function complete(values: ParsedSettings): Settings {
    const { collectorAddress, collectorProtocol, collectorTls, imageRegistry, uiBasicAuth, ...rest } = values;
    const { ca, serverName } = collectorTls;
    const resources = Object.fromEntries(
        SIZED_CONTAINERS.map((name) => [name, sized(DEFAULT_RESOURCES[name], values.resources[name])]),
    ) as Record<SizedContainer, ResourceRequirements>;
    const mirrored = (image: string): string => mirroredImage(image, imageRegistry);
    return {
        ...rest,
        collector: {
            ...collectorAt(collectorAddress, collectorProtocol, values.clusterDomain),
            ...(ca !== undefined && { tls: { ca, ...(serverName !== undefined && { serverName }) } }),
        },
        ui: resolveUi(values.ui),
        uiCredential: resolveCredential(uiBasicAuth),
        jaegerAccess: resolveJaegerAccess(values.ui),
        istioHub: values.istioHub === versions.ISTIO_HUB ? mirrored(values.istioHub) : values.istioHub,
        images: {
            jaeger: values.images.jaeger ?? mirrored(versions.JAEGER_IMAGE),
            frontend: values.images.frontend ?? mirrored(versions.FRONTEND_IMAGE),
            backend: values.images.backend ?? mirrored(versions.BACKEND_IMAGE),
        },
        resources,
        jaegerStorage: resolveJaegerStorage(values, resources.jaeger.limits.memory),
    };
}

/** Names of the extension providers that the user adds to the mesh configuration. */
function providerNames({ istiodValues }: Settings): string[] {
    return userProviders(istiodValues).flatMap((provider) =>
        isPlainObject(provider) && typeof provider["name"] === "string" ? [provider["name"]] : [],
    );
}

function sized(preset: ResourceRequirements, given: Partial<ResourceRequirements> | undefined): ResourceRequirements {
    return {
        requests: { ...preset.requests, ...given?.requests },
        limits: { ...preset.limits, ...given?.limits },
    };
}

function concerns(problemKey: string, setting: string): boolean {
    return problemKey === setting || problemKey.startsWith(`${setting}.`);
}
