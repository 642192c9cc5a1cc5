import type { LabelledNamespace } from "../../checks/mesh/discoverySelectors";
import type { WantedMesh } from "../../checks/mesh/existingMesh";
import { OUTSIDE_COLLECTOR_PORT, type Collector } from "../collector";
import { PROVEN_ISTIO_LINE } from "../versions";
import type { PlainObject } from "../../shared/values/plainObjects";
import { renderProvider } from "./meshConfig";

/** Inputs of {@link wantedMesh}. */
export interface WantedMeshSpec {
    namespace: string;
    /** Empty for the default revision. */
    revision: string;
    /** Empty for what the mesh configuration says. */
    rootNamespace: string;
    provider: string;
    collector: Collector;
    tracingProviders: Record<string, string>;
    authorizer: string | undefined;
    namespaces: LabelledNamespace[];
    /** True if the stack adds the provider to the mesh itself. */
    isAdopted: boolean;
    /** True if only what has sidecars is to be traced in a mesh that also serves ambient workloads. */
    sidecarsOnly: boolean;
}

/** The extension provider of a stack, as a mesh that lacks it should get it. */
export function renderMissingProvider({
    collector,
    namespace,
    rootNamespace,
    provider,
}: Pick<WantedMeshSpec, "collector" | "namespace" | "rootNamespace" | "provider">): PlainObject {
    // The root namespace contains the ServiceEntry of an outside collector.
    const home = rootNamespace === "" ? namespace : rootNamespace;
    return renderProvider({ collector, namespace: home, headerNames: [] }, provider);
}

/** What a stack needs of an existing Istio. */
export function wantedMesh({
    namespace,
    revision,
    rootNamespace,
    provider,
    collector,
    ...names
}: WantedMeshSpec): WantedMesh {
    const isOutside = collector.outsideAddress !== undefined;
    return {
        ...{ namespace, provider, provenLine: PROVEN_ISTIO_LINE, ...names },
        revision: revision === "" || revision === "default" ? undefined : revision,
        rootNamespace: rootNamespace === "" ? undefined : rootNamespace,
        entry: renderMissingProvider({ collector, namespace, rootNamespace, provider }),
        collector: {
            host: collector.host,
            port: isOutside ? OUTSIDE_COLLECTOR_PORT : collector.port,
            protocol: collector.protocol,
            isOutside,
        },
    };
}
