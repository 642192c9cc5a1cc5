import { findProvider } from "../../checks/mesh/objects";
import type { CollectorTarget } from "../inventory/collector";
import type { Mesh } from "../inventory/mesh";
import type { Command } from "./commands";
import { meshConfigCommand } from "./istioConfiguration";

/** Sets fields of a tracing provider in the mesh configuration. */
export function changeProvider(
    mesh: Mesh,
    { provider, kind }: Pick<CollectorTarget, "provider" | "kind">,
    settings: object,
): Command {
    return meshConfigCommand(mesh, (config) => {
        const found = findProvider(config, provider);
        if (found !== undefined) found[kind] = { ...(found[kind] as object), ...settings };
        return config;
    });
}
