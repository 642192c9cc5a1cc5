import { constants, copyFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { quote } from "../../shared/values/quote";
import { UserError } from "../../shared/terminal/errors";
import type { ImageArchive } from "../images";
import { findHolder } from "./holder";
import { nodeEnvironment, runInNode } from "./node";
import type { Cluster } from "./record";

/** Gives a running lab an image that it does not have from the start. */
export async function provideImage(cluster: Cluster, { archive, names }: ImageArchive): Promise<void> {
    const [name = ""] = names;
    const holder = findHolder(cluster.identity.name);
    if (holder === undefined)
        throw new UserError(`expected a running lab, which gets the image ${name}. Next: npm run lab -- up`, 2);
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
