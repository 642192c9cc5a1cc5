import { revisionOf } from "../../checks/mesh/controlPlane";
import type { MeshConfigObject } from "../../checks/mesh/objects";
import { itemsOf, type Fact } from "../../shared/cluster/facts";
import type { Access } from "../connection/access";
import { isReady, meshConfigName } from "./mesh";
import { readMeshObject, readMeshText } from "../../checks/mesh/meshText";
import type { Discovery, IstiodObject, MeshInUse } from "./objects";

/** Name of istiod's container in Istio's charts. */
const CONTAINER = "discovery";

/** Queries the configuration in use from each istiod that rejects the written one. The others use the written one. */
export async function readMeshesInUse(
    access: Access,
    discovery: Pick<Discovery, "istiods" | "meshConfigMaps" | "pods">,
): Promise<MeshInUse[]> {
    const refused = itemsOf(discovery.istiods).flatMap((istiod) => {
        const { namespace = "" } = istiod.metadata;
        const name = meshConfigName(istiod);
        const text = itemsOf(discovery.meshConfigMaps).find(
            ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
        )?.data?.["mesh"];
        return text === undefined || readMeshText(text).problem === undefined
            ? []
            : [{ istiod, configMap: { namespace, name } }];
    });
    return Promise.all(
        refused.map(async ({ istiod, configMap }) => ({ configMap, config: await ask(access, istiod, discovery) })),
    );
}

async function ask(
    access: Access,
    istiod: IstiodObject,
    { pods }: Pick<Discovery, "pods">,
): Promise<Fact<MeshConfigObject>> {
    const { namespace = "" } = istiod.metadata;
    const pod = itemsOf(pods).find(
        (one) =>
            one.metadata.namespace === namespace &&
            one.metadata.labels?.["app"] === "istiod" &&
            revisionOf(one) === revisionOf(istiod) &&
            isReady(one),
    );
    if (pod === undefined) return { failure: { kind: "unexpected", reason: "no pod of istiod is ready" } };
    // Its debugging endpoint answers only from inside the pod: https://istio.io/latest/docs/ops/diagnostic-tools/
    const command = ["pilot-discovery", "request", "GET", "/debug/mesh"];
    const fact = await access.exec({ namespace, pod: pod.metadata.name, container: CONTAINER }, command);
    if ("failure" in fact) return fact;
    try {
        return { value: readMeshObject(JSON.parse(fact.value.stdout)) };
    } catch {
        return { failure: { kind: "unexpected", reason: "istiod's answer to /debug/mesh is not JSON" } };
    }
}
