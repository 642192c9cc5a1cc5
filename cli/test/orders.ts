import type { TestReport } from "../check/reporter";

/**
 * What the process of a lab is told: to run a file, or to take its lab down and end. `afterCrash` tells that a process
 * before it, which ended by itself, may have left the lab up.
 */
export type Order = { run: string } | { end: true; afterCrash: boolean };

/** What it answers when a file has ended. */
export type Answer = TestReport;
