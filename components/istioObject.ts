import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { DELETED_AT_ONCE } from "./render/istioObjects";
import type { PlainObject } from "../shared/values/plainObjects";

/** An object of one of Istio's kinds. */
export interface IstioObjectArgs {
    apiVersion: "networking.istio.io/v1" | "security.istio.io/v1" | "telemetry.istio.io/v1";
    kind: string;
    name: string;
    namespace: pulumi.Input<string>;
    spec: PlainObject;
}

/** Registers an object of one of Istio's kinds. */
export function istioObject(
    resourceName: string,
    { apiVersion, kind, name, namespace, spec }: IstioObjectArgs,
    opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
    return new k8s.apiextensions.CustomResource(
        resourceName,
        { apiVersion, kind, metadata: { name, namespace, annotations: DELETED_AT_ONCE }, spec },
        opts,
    );
}
