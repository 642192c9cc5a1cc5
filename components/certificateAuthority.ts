import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { CA_CONFIG_MAP } from "./collector";

/**
 * Name of the ConfigMap that contains a certificate authority as `ca.crt`, which is created if necessary; undefined for
 * public authorities.
 */
export function authorityConfigMap(
    name: string,
    options: pulumi.CustomResourceOptions,
    namespace: pulumi.Input<string>,
    ca: string,
): pulumi.Input<string> | undefined {
    if (ca === "public") return undefined;
    if (ca.startsWith(CA_CONFIG_MAP)) return ca.slice(CA_CONFIG_MAP.length);
    // No fixed name: a new authority creates a new ConfigMap before the old one is deleted.
    const data = { "ca.crt": ca };
    return new k8s.core.v1.ConfigMap(name, { metadata: { namespace }, data }, options).metadata.name;
}
