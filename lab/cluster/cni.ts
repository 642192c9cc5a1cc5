import { constants, copyFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { quote } from "../../shared/values/quote";
import { UserError } from "../../shared/terminal/errors";
import type { Report } from "../images";
import { ensureCniImage } from "../images/istioCni";
import { findHolder } from "./holder";
import { nodeEnvironment, runInNode } from "./node";
import type { Cluster } from "./record";

/**
 * Gives a running lab the image of Istio's CNI agent, which it builds if nobody has needed it before. Call it before each
 * `up` of a program that installs the agent.
 */
export async function provideCni(cluster: Cluster, report: Report): Promise<void> {
    const { archive, names } = await ensureCniImage(report);
    const holder = findHolder(cluster.identity.name);
    if (holder === undefined)
        throw new UserError(
            "expected a running lab, which gets the image of Istio's CNI agent. Next: npm run lab -- up",
            2,
        );
    const [name = ""] = names;
    // The node does not see every folder of the host, but that of its state.
    const copy = join(cluster.identity.stateDir, basename(archive));
    copyFileSync(archive, copy, constants.COPYFILE_FICLONE);
    try {
        // Kubernetes unpacks it when it first needs it.
        const load = `ctr -n k8s.io images import --no-unpack ${quote(copy)} >/dev/null`;
        const script = `set -e\nctr -n k8s.io images ls -q | grep -qxF ${quote(name)} || ${load}`;
        await runInNode(holder, script, nodeEnvironment(cluster.artifacts));
    } finally {
        rmSync(copy, { force: true });
    }
}
