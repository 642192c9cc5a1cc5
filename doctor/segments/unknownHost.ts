import { parseAddress } from "../../checks/clusterCollector";
import { findProvider } from "../../checks/meshObjects";
import { known } from "../discover";
import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../model";
import { meshConfigCommand, meshConfigCure } from "./cures";
import { draftFor } from "./make";

const make = draftFor("sidecar");

/** Neither a Service nor a ServiceEntry has the provider's host: istiod leaves tracing out, in its own log only. */
export function hostUnknown(
    { mesh, discovery }: Evidence,
    { provider, host, port, kind }: NonNullable<Evidence["collector"]>,
    values: Record<string, string>,
): DoctorFinding {
    if (host.endsWith(`.svc.${mesh.clusterDomain}`)) return serviceGone(host, provider, values);
    const [short = ""] = host.split(".");
    const similar = known(discovery.services).filter(
        ({ metadata, spec }) => metadata.name === short || (spec?.ports ?? []).some((served) => served.port === port),
    );
    const best = similar.find(({ metadata }) => metadata.name === short) ?? similar[0];
    const full = best && `${best.metadata.name}.${best.metadata.namespace ?? ""}.svc.${mesh.clusterDomain}`;
    const command =
        full &&
        meshConfigCommand(mesh, (config) => {
            const found = findProvider(config, provider);
            if (found !== undefined) found[kind] = { ...(found[kind] as object), service: full };
            return config;
        });
    return make({
        id: "provider-host-unknown",
        resource: `provider "${provider}" of the mesh configuration ${mesh.configMap}`,
        expected: "the full name of a Service (NAME.NAMESPACE.svc.DOMAIN) or the host of a ServiceEntry",
        got: `${host}, which istiod's registry does not have`,
        cure:
            full === undefined
                ? "Create a ServiceEntry for a collector outside of the mesh (stack setting: collectorAddress), or correct the name."
                : meshConfigCure(`Name it ${full} (stack setting: collectorAddress ${full}:${String(port)})`),
        commands: command === undefined ? [] : [command],
        values,
    });
}

/** A full name that no Service has: whoever had it was removed, or never came. */
function serviceGone(host: string, provider: string, values: Record<string, string>): DoctorFinding {
    const { name, namespace } = parseAddress(host);
    return make({
        id: "collector-service-exists",
        resource: `Service ${namespace}/${name}`,
        expected: `the Service to which the provider "${provider}" sends spans`,
        got: "no such Service: istiod leaves tracing out, and says so in its own log alone",
        cure: `Deploy the collector's Service, or correct the provider (stack setting: collectorAddress); what there is: kubectl get services -n ${namespace}`,
        values,
    });
}
