/** A tag of every span: a fixed text, a variable of the sidecar's environment, or a header of the request. */
export type CustomTag =
    | { literal: { value: string } }
    | { environment: { name: string; defaultValue?: string } }
    | { header: { name: string; defaultValue?: string } };

/** The tracing settings of a namespace with another owner. For omitted fields, the mesh-wide settings apply. */
export interface NamespaceTracing {
    samplingPercent?: number;
    /** Tags by name. They replace the mesh's tags, of which there are none. */
    customTags?: Record<string, CustomTag>;
    /** Extension provider that receives the spans. */
    provider?: string;
    /** `enabled`, `none`, or the name of a revision. */
    injection: string;
}
