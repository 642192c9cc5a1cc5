import type { PlainObject } from "../shared/values/plainObjects";

/** A Helm release that somebody else has installed. */
export interface AdoptedRelease {
    name: string;
    namespace: string;
    /** Version of the chart, such as `1.31.1`. */
    version: string;
    /** The owner's values, without the chart's defaults. */
    values: PlainObject;
}

/** The Helm releases of one Istio. */
export interface AdoptedReleases {
    istiod: AdoptedRelease;
    /** Undefined if Helm has not installed the CRDs. */
    base?: AdoptedRelease | undefined;
}

/** Names of the program's resources for them. */
export const ADOPTED_ISTIO = "adopted-istio";
