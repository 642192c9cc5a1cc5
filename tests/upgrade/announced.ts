/** A change of existing installations that docs/upgrading.md announces. */
export interface AnnouncedChange {
    /** Versions of the checkpoints, as their folders are called. */
    from: string[];
    stacks: string[];
    op: "create" | "replace" | "delete";
    /** Kind and name of the resource, as Pulumi shows them: `Service jaeger-query`. */
    resource: string;
}

export const ANNOUNCED: readonly AnnouncedChange[] = [];
