import { join } from "node:path";
import { quote } from "../../shared/values/quote";
import type { Artifacts } from "../images";

/**
 * Folders of the node's CNI plugins and of their configuration. They are in the memory of the lab, since Istio's CNI agent
 * changes them.
 */
export const cniFolders = { binDir: "/run/lab/cni/bin", confDir: "/run/lab/cni/net.d" } as const;

/** The shell script that gives a node its CNI plugins, and the configuration that the lab has written for them. */
export function cniScript({ debian }: Artifacts, stateDir: string): string {
    const { binDir, confDir } = cniFolders;
    return [
        `mkdir -p ${binDir} ${confDir}`,
        `ln -s ${quote(debian.cniBinDir)}/* ${binDir}/`,
        `cp ${quote(join(stateDir, "config", "cni"))}/* ${confDir}/`,
    ].join("\n");
}
