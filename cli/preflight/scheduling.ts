import type { PlannedPod } from "../../checks/cluster/nodes";
import type { PullSecret, ScheduledPods } from "../../checks/cluster/scheduling";
import type { OwnNamespace } from "../../components/ownNamespaces";
import type { Workload } from "../../components/pods";
import type { SizedContainer } from "../../components/resources";
import { scaledRoles } from "../../components/roles";
import type { Settings } from "../../components/settings";
import { isInExistingNamespace } from "../../components/ui";
import type { Toleration } from "../../shared/kubernetes/tolerations";
import { parseQuantity } from "../../shared/kubernetes/quantities";

/** A workload's pods: their namespace, what they request, where they may run, and how urgent they are. */
export type WorkloadPods = PlannedPod & ScheduledPods & { namespace: string };

/** The pods of a program, and what they ask of a cluster. */
export interface Schedule {
    /** By workload; a cert-manager that is installed asks for more than is counted here. */
    pods: Record<"istiod", WorkloadPods> & Partial<Record<Workload, WorkloadPods>>;
    /** Secrets with logins of registries, for every namespace with pods that ask for them. */
    pullSecrets: PullSecret[];
}

/** The pods of a program with these settings. */
export function workloadPods(settings: Settings): Schedule {
    const { ui, demo, doctor, jaeger, jaegerAccess, resources } = settings;
    const installs = ui.mode === "gateway" && ui.tls.mode === "certManager" && ui.tls.install !== undefined;
    const containers: Partial<Record<Workload, SizedContainer[]>> = {
        ...(settings.istio.install && { istiod: ["istiod"] }),
        ...(settings.istio.cni.mode === "install" && { cni: ["cni"] }),
        ...(jaeger.deploy && { jaeger: jaegerAccess === "mesh" ? ["jaeger", "proxy"] : ["jaeger"] }),
        ...(settings.metrics?.deploysPrometheus === true && { prometheus: ["prometheus"] }),
        ...(settings.tier !== undefined && { sampler: ["sampler"] }),
        ...(settings.tier?.layout === "split" && { router: ["router"] }),
        ...(ui.mode === "gateway" && { gateway: ["proxy"] }),
        ...(demo.deploy && { frontend: ["frontend", "proxy"], backend: ["backend", "proxy"] }),
        // Its client and its server.
        ...(doctor && { doctor: ["doctor", "proxy", "doctor", "proxy"] }),
        ...(installs && { certManager: [] }),
    };
    const found = Object.entries(containers) as [Workload, SizedContainer[]][];
    const pods = found.map(([name, parts]) => {
        const total = (resource: "cpu" | "memory"): number =>
            parts.reduce((sum, part) => sum + (parseQuantity(resources[part].requests[resource] ?? "") ?? 0), 0);
        const { nodeSelector, tolerations, priorityClassName } = settings.pods[name];
        // As its chart has it: the agent runs on every node, whatever its taints.
        const everywhere: Toleration[] = name === "cni" ? [{ operator: "Exists" }] : [];
        const size = { cpu: total("cpu"), memory: total("memory") };
        const { namespace } = namespaceOf(settings, name);
        return [
            name,
            {
                ...{ namespace, ...size, count: countOf(settings, name), nodeSelector, priorityClassName },
                tolerations: [...tolerations, ...everywhere],
            },
        ] as const;
    });
    const names = found.map(([name]) => name);
    return { pods: Object.fromEntries(pods) as unknown as Schedule["pods"], pullSecrets: pullSecrets(settings, names) };
}

/** How many pods of a workload there are at least. The agent of Istio's CNI plugin counts as one. */
function countOf({ istio, jaeger, tier }: Settings, workload: Workload | "istiod"): number {
    if (workload === "istiod") return istio.replicas.min;
    if (workload === "sampler") return tier?.layout === "split" ? tier.samplers : 1;
    if (workload === "router") return tier?.routers.min ?? 1;
    if (workload !== "jaeger" || jaeger.roles === undefined) return 1;
    return scaledRoles(jaeger.roles).reduce((sum, { scale }) => sum + scale.min, 0);
}

/** What sidecars pull with, every traced namespace needs too: there nobody makes the Secret but its owner. */
function pullSecrets(settings: Settings, workloads: Workload[]): PullSecret[] {
    const places = workloads.flatMap((name) => {
        const home = namespaceOf(settings, name);
        return settings.pods[name].imagePullSecrets.map((secret) => ({ ...home, name: secret, workloads: [name] }));
    });
    const isInjected = (name: Workload): boolean => ["gateway", "frontend", "backend", "doctor"].includes(name);
    const sidecars = settings.pods.istiod.imagePullSecrets.flatMap((name) => [
        ...workloads
            .filter(isInjected)
            .map((workload) => ({ ...namespaceOf(settings, workload), name, workloads: ["istiod"] })),
        ...Object.entries(settings.namespaces)
            .filter(([, { injection }]) => injection !== "none")
            .map(([namespace]) => ({ namespace, isNewNamespace: false, name, workloads: ["istiod"] })),
    ]);
    const all = new Map<string, PullSecret>();
    for (const secret of [...places, ...sidecars]) {
        const key = `${secret.namespace}/${secret.name}`;
        const others = all.get(key)?.workloads ?? [];
        all.set(key, { ...secret, workloads: [...new Set([...others, ...secret.workloads])] });
    }
    return [...all.values()];
}

/** The namespace of a workload's pods, and whether the program creates it. */
function namespaceOf(settings: Settings, workload: Workload): Pick<PullSecret, "namespace" | "isNewNamespace"> {
    const { istio, demo, ui, ownNamespaces } = settings;
    const home = (namespace: string, key: OwnNamespace): ReturnType<typeof namespaceOf> => ({
        namespace,
        isNewNamespace: !ownNamespaces[key].existing,
    });
    if (workload === "cni") {
        const { namespace } = istio.cni;
        return namespace === istio.namespace ? home(namespace, "istio") : { namespace, isNewNamespace: false };
    }
    if (["istiod", "jaeger", "prometheus", "router", "sampler"].includes(workload))
        return home(istio.namespace, "istio");
    if (workload === "frontend" || workload === "backend") return home(demo.namespace, "demo");
    if (workload === "doctor") return home(settings.doctor?.namespace ?? "", "doctor");
    if (ui.mode !== "gateway") return { namespace: "", isNewNamespace: false };
    if (workload === "gateway" && isInExistingNamespace(ui)) return { namespace: ui.namespace, isNewNamespace: false };
    if (workload === "gateway") return home(ui.namespace, "gateway");
    return home((ui.tls.mode === "certManager" ? ui.tls.install?.namespace : undefined) ?? "", "certManager");
}
