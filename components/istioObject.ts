import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { PlainObject } from "./render/objects";

/** An object of one of Istio's own kinds. */
export interface IstioObjectArgs {
    apiVersion: "networking.istio.io/v1" | "security.istio.io/v1" | "telemetry.istio.io/v1";
    kind: string;
    name: string;
    namespace: pulumi.Input<string>;
    spec: PlainObject;
}

/** Registers an object of one of Istio's own kinds. */
export function istioObject(
    resourceName: string,
    { apiVersion, kind, name, namespace, spec }: IstioObjectArgs,
    opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
    // The default, foreground, ends with an update that takes a finalizer away. Istio's webhook has to admit that: with
    // istiod dead a destroy would never end.
    const annotations = { "pulumi.com/deletionPropagationPolicy": "background" };
    return new k8s.apiextensions.CustomResource(
        resourceName,
        { apiVersion, kind, metadata: { name, namespace, annotations }, spec },
        opts,
    );
}
