import { log } from "@pulumi/pulumi";
import { formatFinding } from "./checks/finding";
import { jaegerAccessArgs, jaegerArgs, meshTracingArgs } from "./components/arguments";
import { formatAddress } from "./components/collector";
import { Jaeger } from "./components/jaeger";
import { JaegerAccess } from "./components/jaegerAccess";
import { jaegerEntrance } from "./components/jaegerEntrance";
import { stackMesh } from "./components/mesh";
import { MeshTracing } from "./components/meshTracing";
import { stackDemo } from "./components/stackDemo";
import { stackDoctor } from "./components/stackDoctor";
import { stackMonitoring } from "./components/stackMonitoring";
import { monitoringOutputs } from "./components/monitoringOutputs";
import { describeSampling, namespaceSampling } from "./components/sampling";
import { readSettings } from "./components/settings";
import { TracedNamespace } from "./components/tracedNamespace";
import { settingsWarnings } from "./components/warnings";

const settings = readSettings();
for (const finding of settingsWarnings(settings)) void log.warn(formatFinding(finding));

const mesh = stackMesh(settings);
const { afterwards, onceAccepted, sidecarHash } = mesh;
const tracing = new MeshTracing("mesh-default", { ...meshTracingArgs(settings), ...mesh.tracing }, afterwards);
const inSystem = { namespace: mesh.namespace };
// With a tier, Jaeger closes to the spans of sidecars, which must have left it.
const accessAfter = settings.tier === undefined ? onceAccepted : afterwards;
const access = settings.jaeger.deploy
    ? new JaegerAccess("jaeger-access", { ...inSystem, sidecarHash, ...jaegerAccessArgs(settings) }, accessAfter)
    : undefined;
const jaeger = access && new Jaeger("jaeger", { ...inSystem, access: access.rules, ...jaegerArgs(settings) });
stackMonitoring(settings, inSystem, onceAccepted);
const ui = jaegerEntrance("jaeger-ui", settings, { ...inSystem, sidecarHash }, onceAccepted);

stackDemo(settings, mesh);
stackDoctor(settings, sidecarHash, onceAccepted);
const own = Object.entries(settings.namespaces).map(([namespace, tracing]) => {
    const args = { namespace, istioVersion: mesh.version, ...tracing };
    return [namespace, new TracedNamespace(`traced-${namespace}`, args, afterwards).telemetrySpec] as const;
});

export const effectiveSampling = namespaceSampling(settings, mesh, tracing.telemetrySpec, own);
void effectiveSampling.apply((sampling) => log.info(describeSampling(sampling)));
export const jaegerUiUrl = ui?.url ?? jaeger?.uiUrl;
export const jaegerUiCommand = jaeger?.uiCommand;
export const collectorAddress = formatAddress(settings.collector);
export const samplingPercent = tracing.samplingPercent;
export const istioVersion = mesh.version;
export const { grafanaDataSources, kialiTracing } = monitoringOutputs(settings, {
    ...{ inCluster: jaeger?.uiUrl, forBrowsers: ui?.url },
});
