import type { PlainObject } from "../shared/values/plainObjects";

/** Default namespace of the CNI agent: it always exists, and admits pods with the rights and the priority of the agent. */
export const DEFAULT_CNI_NAMESPACE = "kube-system";

/** How the agent gets its plugin into the network of a node. */
export type CniProvider = "default" | "multus";

/** Istio's CNI plugin. It redirects the traffic of pods with sidecars, instead of their init container `istio-init`. */
export interface Cni {
    /** `install`: the program installs it. `installed`: the cluster has it. `none`: pods use `istio-init`. */
    mode: "none" | "installed" | "install";
    /** What the istiod chart gets from the settings. @default left to the chart's other values and its platform */
    provider?: CniProvider;
    /** Existing namespace of the agent. */
    namespace: string;
    /** Folder of the nodes with CNI plugins. @default the chart's, which follows its platform */
    binDir?: string;
    /** Folder of the nodes with the CNI configuration. @default the chart's, which follows its platform */
    confDir?: string;
    /** Additional values for the cni chart, merged last. */
    values: PlainObject;
}
