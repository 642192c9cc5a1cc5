import * as pulumi from "@pulumi/pulumi";
import { JAEGER_PORTS } from "../shared/names/ports";
import type { PlainObject } from "../shared/values/plainObjects";
import { renderGrafanaDataSources, renderKialiTracing } from "./render/grafana";
import type { Settings } from "./settings";

/** Addresses of Jaeger's UI: inside of the cluster, and for browsers if there is one. */
export interface UiAddresses {
    inCluster: pulumi.Output<string> | undefined;
    forBrowsers: pulumi.Output<string> | undefined;
}

/** Configuration for somebody else's Grafana and Kiali; undefined unless the settings ask for it. */
export function monitoringOutputs(
    { metrics, monitoring, uiCredential, jaegerAccess, istio, clusterDomain }: Settings,
    { inCluster, forBrowsers }: UiAddresses,
): Partial<Record<"grafanaDataSources" | "kialiTracing", pulumi.Output<PlainObject>>> {
    // Where only the gateway may query, everybody else goes through it.
    const isOpen = jaegerAccess !== "mesh" || forBrowsers === undefined;
    const query = isOpen ? inCluster : forBrowsers;
    if (!monitoring.outputs || query === undefined) return {};
    const username = uiCredential?.username;
    const host = `jaeger-query.${istio.namespace}.svc.${clusterDomain}`;
    const grpcUrl = isOpen ? `http://${host}:${String(JAEGER_PORTS.queryGrpc)}` : undefined;
    return {
        grafanaDataSources: query.apply((jaegerUrl) =>
            renderGrafanaDataSources({
                ...{ jaegerUrl, username },
                ...{ prometheusUrl: metrics?.prometheusUrl, lokiUrl: monitoring.lokiUrl },
            }),
        ),
        kialiTracing: pulumi
            .all([query, forBrowsers ?? pulumi.output(undefined)])
            .apply(([jaegerUrl, externalUrl]) => renderKialiTracing({ jaegerUrl, username }, grpcUrl, externalUrl)),
    };
}
