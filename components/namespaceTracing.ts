/** A tag of every span: a fixed text, a variable of the sidecar's environment, or a header of the request. */
export type CustomTag =
    | { literal: { value: string } }
    | { environment: { name: string; defaultValue?: string } }
    | { header: { name: string; defaultValue?: string } };

/** How a namespace that somebody else owns is traced; what is left out is as in the whole mesh. */
export interface NamespaceTracing {
    samplingPercent?: number;
    /** Tags by name. They take the place of the mesh's own, which has none. */
    customTags?: Record<string, CustomTag>;
    /** Extension provider that gets the spans. */
    provider?: string;
    /** `enabled`, `none`, or the name of a revision. */
    injection: string;
}
