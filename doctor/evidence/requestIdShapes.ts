/** What a request id looks like that is no UUID; `text` for one that does not begin with eight hexadecimal digits. */
export type IdShape = "hexadecimal" | "text";

/** Requests with ids of one shape, and how many of them were recorded. */
export interface ShapeEvidence {
    shape: IdShape;
    sent: number;
    recorded: number;
}
