/** The shape of a request ID that is not a UUID; `text` for one that does not start with eight hexadecimal digits. */
export type IdShape = "hexadecimal" | "text";

/** Requests with IDs of one shape, and how many of them were recorded. */
export interface ShapeEvidence {
    shape: IdShape;
    sent: number;
    recorded: number;
}
