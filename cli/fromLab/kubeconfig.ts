import { runningCluster } from "../../lab/cluster";

/** Kubeconfig of the lab of this checkout; undefined when none is up. */
export async function labKubeconfig(): Promise<string | undefined> {
    return (await runningCluster())?.kubeconfig;
}
