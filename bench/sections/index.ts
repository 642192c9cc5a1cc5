import type { Section } from "../section";
import { exportLimit } from "./exportLimit";
import { firstTrace } from "./firstTrace";
import { growth } from "./growth";
import { meshCost } from "./meshCost";
import { operations } from "./operations";
import { sampling } from "./sampling";

/** Every part of the benchmark, in the order in which they run. */
export const SECTIONS: readonly Section[] = [firstTrace, operations, meshCost, sampling, growth, exportLimit];
