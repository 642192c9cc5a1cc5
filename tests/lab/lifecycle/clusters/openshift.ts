import type { Cluster } from "../../../../lab/cluster";
import { provideOnDemand } from "../../../../lab/cluster";
import { cniFolders } from "../../../../lab/cluster/cniFolders";
import { ISTIO_HUB, ISTIO_VERSION } from "../../../../lab/images/names";
import { BACKEND_IMAGE, FRONTEND_IMAGE } from "../../../../components/versions";
import { apply } from "../../doctor/faults";
import { helmInstall } from "../../existing/mesh";
import { shell } from "../../doctor/examine";
import { OUTSIDE_NAME, OUTSIDE_PORTS, resolveOutsideName, startOutsideJaeger } from "../../support/outsideJaeger";
import { kubectl } from "../../support/sharedLab";
import { UI_LOGIN } from "./login";
import type { ClusterStack } from "./stack";

/** Namespaces of other teams; OpenShift gives each one user IDs. */
const THEIRS = ["istio-system", "ingress-controllers", "shop"];
const RELEASE = "company-cni";

/** OpenShift's namespaces, and a CNI plugin, a collector and an ingress controller of others'. */
export const OPENSHIFT: ClusterStack = {
    name: "openshift",
    services: ["caller.shop", "called.shop"],
    prepare: async (lab) => {
        for (const name of THEIRS) {
            const annotations = { "openshift.io/sa.scc.uid-range": "1000650000/10000" };
            apply(lab, { apiVersion: "v1", kind: "Namespace", metadata: { name, annotations } });
        }
        apply(lab, {
            ...{ apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name: "company" } },
            spec: { controller: "example.com/company" },
        });
        await installCni(lab);
        const jaeger = await startOutsideJaeger(lab);
        const restoreDns = await resolveOutsideName(lab);
        return {
            settings: {
                collectorAddress: `${OUTSIDE_NAME}:${String(OUTSIDE_PORTS.plain.http)}`,
                uiBasicAuth: UI_LOGIN.setting,
            },
            change: {
                settings: { "ui.ingress.annotations": JSON.stringify({ "example.com/waf": "off" }) },
                before: "on",
                after: "off",
                shown: () => kubectl(lab, ...INGRESS, "-o", "jsonpath={.metadata.annotations.example\\.com/waf}"),
            },
            openJaeger: () => {
                jaeger.lead();
                return Promise.resolve({ url: lab.jaegerUrl, close: () => Promise.resolve() });
            },
            doctor: { jaegerUrl: lab.jaegerUrl },
            request: (header) => ask(lab, header),
            endTraffic: () => {
                kubectl(lab, "delete", "deployments,services", "-n", "shop", "--all", "--timeout=60s");
            },
            remove: async () => {
                jaeger.stop();
                await restoreDns();
                shell(lab, `helm uninstall ${RELEASE} -n istio-system --wait`);
                kubectl(lab, "delete", "ingressclass", "company");
                kubectl(lab, "delete", "namespace", ...THEIRS, "--timeout=120s");
            },
        };
    },
};

const INGRESS = ["get", "ingress", "jaeger-ui", "-n", "istio-system"];

/** Istio's CNI plugin, as the platform's own team has it. */
async function installCni(lab: Cluster): Promise<void> {
    await provideOnDemand(lab, "cni", () => undefined);
    helmInstall(lab, RELEASE, "cni", {
        global: { hub: ISTIO_HUB, tag: ISTIO_VERSION, imagePullPolicy: "Never" },
        ...{ cniBinDir: cniFolders.binDir, cniConfDir: cniFolders.confDir, provider: "default" },
    });
}

/** Two workloads of the team whose namespace is traced; they start when its namespace has sidecars. */
function ask(lab: Cluster, header: string): string {
    const called = { image: BACKEND_IMAGE, args: ["-text=hello"] };
    apply(
        lab,
        workload("caller", { image: FRONTEND_IMAGE, command: ["sleep", "3600"] }),
        workload("called", { ...called, ports: [{ name: "http", containerPort: 5678 }] }),
        {
            ...{ apiVersion: "v1", kind: "Service", metadata: { name: "called", namespace: "shop" } },
            spec: { selector: { app: "called" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
        },
    );
    kubectl(lab, "rollout", "status", "deployment", "-n", "shop", "--timeout=120s");
    const curl = [
        "curl",
        "-s",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-m",
        "10",
        "-H",
        header,
        "http://called/probe",
    ];
    return kubectl(lab, "exec", "-n", "shop", "deploy/caller", "-c", "app", "--", ...curl);
}

function workload(name: string, container: object): object {
    const labels = { app: name };
    const containers = [{ name: "app", imagePullPolicy: "Never", ...container }];
    const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers } };
    return {
        ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace: "shop" } },
        spec: { selector: { matchLabels: labels }, template },
    };
}
