import { log, RunError } from "@pulumi/pulumi";
import { formatFinding } from "./checks/finding";
import {
    backendArgs,
    frontendArgs,
    istioArgs,
    istioCniArgs,
    jaegerAccessArgs,
    jaegerArgs,
    meshTracingArgs,
} from "./components/arguments";
import { Backend } from "./components/backend";
import { formatAddress } from "./components/collector";
import { Frontend } from "./components/frontend";
import { Istio } from "./components/istio";
import { IstioCni } from "./components/istioCni";
import { Jaeger } from "./components/jaeger";
import { JaegerAccess } from "./components/jaegerAccess";
import { jaegerEntrance } from "./components/jaegerEntrance";
import { MeshTracing } from "./components/meshTracing";
import { ownNamespace } from "./components/ownNamespace";
import { injectionLabels } from "./components/revision";
import { describeSampling, namespaceSampling } from "./components/sampling";
import { readSettings } from "./components/settings";
import { TracedNamespace } from "./components/tracedNamespace";
import { settingsWarnings } from "./components/warnings";

const settings = readSettings();
for (const finding of settingsWarnings(settings)) void log.warn(formatFinding(finding));

if (!settings.istio.install) throw new RunError("istio.install false is not served yet");
const system = ownNamespace("istio-system", settings.istio.namespace, settings.ownNamespaces.istio);
const cniArgs = istioCniArgs(settings);
const cni = cniArgs && new IstioCni("istio-cni", cniArgs, { dependsOn: system.resource });
const istio = new Istio("istio", istioArgs(settings), { dependsOn: cni ? [system.resource, cni] : system.resource });
const tracing = new MeshTracing("mesh-default", meshTracingArgs(settings), { dependsOn: istio });
const { sidecarHash } = istio;
const inSystem = { namespace: system.name };
const access = settings.jaeger.deploy
    ? new JaegerAccess("jaeger-access", { ...inSystem, sidecarHash, ...jaegerAccessArgs(settings) })
    : undefined;
const jaeger = access && new Jaeger("jaeger", { ...inSystem, access: access.rules, ...jaegerArgs(settings) });
const ui = jaegerEntrance("jaeger-ui", settings, { ...inSystem, sidecarHash });

if (settings.demo.deploy) {
    const labels = injectionLabels(settings.istio.injectedBy);
    const demo = ownNamespace("demo", settings.demo.namespace, settings.ownNamespaces.demo, { labels });
    const injected = { namespace: demo.name, sidecarHash };
    const backend = new Backend("backend", { ...injected, ...backendArgs(settings) });
    new Frontend("frontend", { ...injected, ...frontendArgs(settings), backendUrl: backend.url });
}
const own = Object.entries(settings.namespaces).map(([namespace, tracing]) => {
    const args = { namespace, istioVersion: settings.istio.version, ...tracing };
    return [namespace, new TracedNamespace(`traced-${namespace}`, args, { dependsOn: istio }).telemetrySpec] as const;
});

export const effectiveSampling = namespaceSampling(settings, istio.meshConfig, tracing.telemetrySpec, own);
void log.info(describeSampling(effectiveSampling));
export const jaegerUiUrl = ui?.url ?? jaeger?.uiUrl;
export const jaegerUiCommand = jaeger?.uiCommand;
export const collectorAddress = formatAddress(settings.collector);
export const samplingPercent = tracing.samplingPercent;
export const istioVersion = istio.version;
