import type { Section } from "../section";
import { firstTrace } from "./firstTrace";
import { operations } from "./operations";

/** Every part of the benchmark, in the order in which they run. */
export const SECTIONS: readonly Section[] = [firstTrace, operations];
