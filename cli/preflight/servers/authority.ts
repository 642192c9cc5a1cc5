import { CA_CONFIG_MAP, type CollectorTls } from "../../../components/collector";
import type { ClusterClient } from "../../../shared/cluster/client";
import { textAt } from "../../../shared/values/plainObjects";

/** The authority of a server's certificate as PEM, if it is not a public one. */
export async function authorityOf(
    tls: CollectorTls | undefined,
    client: ClusterClient,
    namespace: string,
): Promise<string | undefined> {
    if (tls === undefined || tls.ca === "public") return undefined;
    if (!tls.ca.startsWith(CA_CONFIG_MAP)) return tls.ca;
    const name = tls.ca.slice(CA_CONFIG_MAP.length);
    const fact = await client.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
    return "value" in fact ? textAt(fact.value, "data", "ca.crt") : undefined;
}
