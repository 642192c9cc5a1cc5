import * as pulumi from "@pulumi/pulumi";
import { checkOwnIstioKept, checkRoomForIstio, hasOwnIstio } from "../checks/cluster/istioOwner";
import { formatFinding, type Finding } from "../checks/finding";
import { one } from "../shared/cluster/ask";
import { METADATA } from "../shared/cluster/client";
import { OBJECT } from "../shared/kubernetes/shapes";
import { objectExists } from "./objectExists";
import { askIstiods } from "./othersInMesh";
import { DEFAULT_TAG } from "./revision";
import type { Settings } from "./settings";
import { openStackCluster } from "./stackCluster";
import { stackResources } from "./stackState";

const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
/** Every Istio has it, whoever installed it. */
const TELEMETRY_CRD = "telemetries.telemetry.istio.io";

/** Fails if the stack would remove the Istio that it has installed itself. Known when it does not. */
export function requireOwnIstioKept({ istio }: Settings): pulumi.Output<string> {
    const { adopted } = istio;
    const kept = isOwnRelease(istio) ? ["istio-istiod", ...(adopted?.base === undefined ? [] : ["istio-base"])] : [];
    return pulumi.output(
        stackResources().then((urns) => refuse(checkOwnIstioKept(urns ?? [], kept, pulumi.getStack()))),
    );
}

/** True if the adopted releases are those that the program would have installed itself. */
export function isOwnRelease({ adopted, namespace }: Settings["istio"]): boolean {
    return adopted?.istiod.name === "istiod" && adopted.istiod.namespace === namespace;
}

/**
 * Fails if somebody else's Istio is where the stack would install its own. Known when there is none. Looks at the
 * cluster only where the stack has no Istio yet, and the cluster has one.
 */
export function requireRoomForIstio(settings: Settings): pulumi.Output<string> {
    return objectExists(CRD, TELEMETRY_CRD).apply(async (exists) => {
        if (exists !== true) return refuse([]);
        const urns = await stackResources();
        if (hasOwnIstio(urns)) return refuse([]);
        return refuse(await findOthers(settings, urns));
    });
}

async function findOthers({ istio, ownNamespaces }: Settings, urns: string[] | undefined): Promise<Finding[]> {
    const cluster = await openStackCluster();
    // Where the program cannot look, Helm itself refuses what belongs to others.
    if (cluster === undefined || "reason" in cluster) return [];
    const { client } = cluster;
    try {
        const [istiods, namespace] = await Promise.all([
            askIstiods(client),
            one(client, `/api/v1/namespaces/${istio.namespace}`, OBJECT, METADATA),
        ]);
        if ("failure" in istiods || "failure" in namespace) return [];
        return checkRoomForIstio({
            ...{ urns, istiods: istiods.value, namespace: namespace.value },
            isExistingNamespace: ownNamespaces.istio.existing,
            release: { name: "istiod", namespace: istio.namespace },
            revision: istio.revision ?? DEFAULT_TAG,
            stack: pulumi.getStack(),
        });
    } finally {
        client.close();
    }
}

/** @throws RunError with every error at once, which Pulumi prints without a stack trace. */
function refuse(findings: Finding[]): string {
    const errors = findings.filter(({ severity }) => severity === "error");
    for (const finding of findings) if (finding.severity !== "error") void pulumi.log.warn(formatFinding(finding));
    if (errors.length === 0) return "accepted";
    throw new pulumi.RunError(
        `This stack cannot change in this way which Istio it traces; nothing was written.\n` +
            errors.map((finding) => `  ${formatFinding(finding)}`).join("\n"),
    );
}
