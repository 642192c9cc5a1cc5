import type { TestReport } from "../check/reporter";

/** What the process of a lab is told: to run a file, or to take its lab down and end. */
export type Order = { run: string } | { end: true };

/** What it answers when a file has ended. */
export type Answer = TestReport;
