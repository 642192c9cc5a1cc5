import type { Manifest, ObjectRef } from "../../shared/kubernetes/manifest";

/** A mesh configuration and its source. */
export interface MeshConfigSource {
    /** The object that contains it. */
    resource: string;
    /** The same object as data; undefined if a setting contains the configuration. */
    object?: ObjectRef;
    /** The namespace whose Telemetries and PeerAuthentications apply to the whole mesh. */
    rootNamespace: string;
    config: Manifest;
    /** Values of Istio's chart, if they contain the configuration. */
    values: Manifest;
    /** The control plane that reads it. */
    revision: string;
    /** True if a part of it, such as other providers, is in a place that cannot be read here. */
    hidden: boolean;
    /** Fields that istiod drops because of their spelling. */
    dropped: string[];
}
