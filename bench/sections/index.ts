import type { Section } from "../section";
import { collectorTier } from "./collectorTier";
import { exportLimit } from "./exportLimit";
import { firstTrace } from "./firstTrace";
import { growth } from "./growth";
import { meshCost } from "./meshCost";
import { operations } from "./operations";
import { sampling } from "./sampling";
import { stores } from "./stores";
import { tierLosses } from "./tierLosses";

/** Every part of the benchmark, in the order in which they run. */
export const SECTIONS: readonly Section[] = [
    firstTrace,
    operations,
    meshCost,
    sampling,
    growth,
    exportLimit,
    collectorTier,
    tierLosses,
    stores,
];
