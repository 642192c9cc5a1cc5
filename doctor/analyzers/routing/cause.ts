import type { Draft } from "../draft";

/** What prevents an answer to requests of the path. */
export type Cause = Pick<Draft, "resource" | "got" | "cure" | "commands">;
