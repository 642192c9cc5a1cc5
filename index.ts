import * as k8s from "@pulumi/kubernetes";
import { log } from "@pulumi/pulumi";
import { formatFinding } from "./checks/finding";
import { backendArgs, frontendArgs, istioArgs, jaegerArgs, meshTracingArgs } from "./components/arguments";
import { Backend } from "./components/backend";
import { formatAddress } from "./components/collector";
import { Frontend } from "./components/frontend";
import { Istio } from "./components/istio";
import { Jaeger } from "./components/jaeger";
import { MeshTracing } from "./components/meshTracing";
import { readSettings } from "./components/settings";
import { settingsWarnings } from "./components/warnings";

const settings = readSettings();
for (const finding of settingsWarnings(settings)) void log.warn(formatFinding(finding));

const system = new k8s.core.v1.Namespace("istio-system", { metadata: { name: settings.istioNamespace } });
const istio = new Istio("istio", istioArgs(settings), { dependsOn: system });
const tracing = new MeshTracing("mesh-default", meshTracingArgs(settings), { dependsOn: istio });
const jaeger = settings.deployJaeger
    ? new Jaeger("jaeger", { namespace: system.metadata.name, ...jaegerArgs(settings) })
    : undefined;

const demo = new k8s.core.v1.Namespace("demo", {
    metadata: { name: settings.demoNamespace, labels: { "istio-injection": "enabled" } },
});
const injected = { namespace: demo.metadata.name, sidecarHash: istio.sidecarHash };
const backend = new Backend("backend", { ...injected, ...backendArgs(settings) });
new Frontend("frontend", { ...injected, ...frontendArgs(settings), backendUrl: backend.url });

export const jaegerUiUrl = jaeger?.uiUrl;
export const jaegerUiCommand = jaeger?.uiCommand;
export const collectorAddress = formatAddress(settings.collector);
export const samplingPercent = tracing.samplingPercent;
export const istioVersion = istio.version;
