import { revisionOf, versionOf } from "../../checks/mesh/controlPlane";
import { adviseProvider } from "../../checks/mesh/providerAdvice";
import { findInstaller, type Installer } from "../../checks/mesh/installer";
import { askIstiods } from "../../components/othersInMesh";
import type { ClusterObject } from "../../shared/kubernetes/objects";
import { PROJECT } from "../../shared/names/project";
import { stackFile } from "../../shared/stacks/stackConfig";
import { requireAnswer, withCluster } from "../cluster/connect";
import { PROJECT_DIR } from "../repair/findPulumi";
import { parseStackName } from "../repair/stackName";
import { adoptReleases, restoreReleases } from "./helm";
import { adoptHolder, releaseHolder } from "./holders";
import { refuse } from "./releases";
import {
    existingMeshSettings,
    providerWith,
    type AdoptOptions,
    type AdoptResult,
    type AdoptTask,
    type Outcome,
} from "./task";

/**
 * Takes an Istio that is in the cluster already into a stack, or gives it back: adds the tracing provider to its mesh
 * configuration in the way that its installer keeps.
 *
 * @throws UserError with exit code 1 if it must not be adopted, with 2 if the stack or the cluster cannot be used.
 */
export async function runAdopt(options: AdoptOptions): Promise<AdoptResult> {
    const { stack } = parseStackName(options.stack, PROJECT);
    const file = options.configFile ?? stackFile(PROJECT_DIR, stack);
    return withCluster({ ...options, stack }, async (connection) => {
        const { client, settings, target } = connection;
        const cluster = `${target.context} (${target.server})`;
        const istiod = pickIstiod(
            requireAnswer(await askIstiods(client), "the Deployments of istiod"),
            settings.istio.revision,
        );
        const installer = findInstaller(istiod);
        const revision = revisionOf(istiod);
        const mesh = `Istio${versionOf(istiod)} of revision ${revision}, installed by ${installer.name}`;
        const task: AdoptTask = { ...connection, options, revision, mesh, file };
        const outcome = await (options.undo ? undo(task, installer) : adopt(task, installer, istiod));
        return { cluster, mesh, installer: installer.kind, ...outcome };
    });
}

function adopt(task: AdoptTask, installer: Installer, istiod: ClusterObject): Outcome | Promise<Outcome> {
    const { kind, release, keeper } = installer;
    if (kind === "helm" && release !== undefined) return adoptReleases(task, release);
    if (kind === "aks" || (kind === "sail" && keeper !== undefined)) return adoptHolder(task, installer, istiod);
    const { stack } = task.options;
    const { namespace = "" } = istiod.metadata;
    const entry = providerWith(task, existingMeshSettings(task, namespace));
    const advice = adviseProvider({ entry, namespace, owner: istiod });
    return {
        ...{ changes: [], writes: [], state: "left" },
        next: [
            advice,
            `pulumi config set --path istio.install false --stack ${stack}`,
            `npm run preflight -- --stack ${stack}   (checks that the provider is there)`,
        ],
    };
}

function undo(task: AdoptTask, installer: Installer): Promise<Outcome> {
    if (task.settings.istio.adopted !== undefined) return restoreReleases(task, task.settings.istio.adopted);
    if (["aks", "sail"].includes(installer.kind)) return releaseHolder(task, installer);
    throw refuse(
        `stack ${task.options.stack}`,
        "an adopted Istio, which istio.adopted in its file or an annotation in the cluster records",
        `none; the cluster has ${task.mesh}`,
        "there is nothing to give back. If another stack adopted it: npm run adopt -- --undo --stack THAT",
    );
}

/** The istiod to adopt. */
function pickIstiod(istiods: ClusterObject[], revision: string | undefined): ClusterObject {
    const names = istiods.map((istiod) => `${revisionOf(istiod)} (${findInstaller(istiod).name})`);
    const found = revision === undefined ? istiods : istiods.filter((istiod) => revisionOf(istiod) === revision);
    const [only, ...others] = found;
    if (only !== undefined && others.length === 0) return only;
    if (istiods.length === 0) {
        throw refuse("the cluster", "an istiod to adopt", "none", "pulumi up installs Istio, if istio.install is true");
    }
    const next =
        "name the one to adopt: pulumi config set --path istio.install false, pulumi config set --path istio.revision REVISION";
    throw refuse("the cluster", `one istiod${of(revision)}`, names.join(", "), next);
}

function of(revision: string | undefined): string {
    return revision === undefined ? "" : ` of revision ${revision}`;
}
