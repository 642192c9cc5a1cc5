import type { LabelledNamespace } from "../../checks/mesh/discoverySelectors";
import type { WantedMesh } from "../../checks/mesh/existingMesh";
import { OUTSIDE_COLLECTOR_PORT, type Collector } from "../collector";
import { PROVEN_ISTIO_LINE } from "../versions";
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
}

/** What a stack needs of an Istio that is there already. */
export function wantedMesh({
    namespace,
    revision,
    rootNamespace,
    provider,
    collector,
    ...names
}: WantedMeshSpec): WantedMesh {
    const isOutside = collector.outsideAddress !== undefined;
    const home = rootNamespace === "" ? namespace : rootNamespace;
    return {
        ...{ namespace, provider, provenLine: PROVEN_ISTIO_LINE, ...names },
        revision: revision === "" || revision === "default" ? undefined : revision,
        rootNamespace: rootNamespace === "" ? undefined : rootNamespace,
        entry: renderProvider({ collector, namespace: home, headerNames: [] }, provider),
        collector: {
            host: collector.host,
            port: isOutside ? OUTSIDE_COLLECTOR_PORT : collector.port,
            protocol: collector.protocol,
            isOutside,
        },
    };
}
