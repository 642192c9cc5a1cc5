import type { Manifest, ObjectRef } from "../../shared/kubernetes/manifest";

/** A mesh configuration and where it stands. */
export interface MeshConfigSource {
    /** The object that holds it. */
    resource: string;
    /** The same object, as data; undefined if a setting holds the configuration. */
    object?: ObjectRef;
    /** Where a Telemetry or a PeerAuthentication counts for the whole mesh. */
    rootNamespace: string;
    config: Manifest;
    /** Values of Istio's chart, where these hold it. */
    values: Manifest;
    /** The control plane that reads it. */
    revision: string;
    /** True when a part of it, such as further providers, stands where nobody here can read it. */
    hidden: boolean;
    /** Fields that istiod drops for their spelling. */
    dropped: string[];
}
