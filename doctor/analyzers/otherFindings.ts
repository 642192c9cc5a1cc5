import type { Evidence } from "../evidence";
import type { DoctorFinding } from "../segments";
import { clockSkew } from "./clockSkew";
import { controlPlaneDown } from "./controlPlane";
import { endlessTraces } from "./endlessTraces";
import { rollouts } from "./rollout";
import { applyRules } from "./rules";
import { samplingOfJaeger } from "./sampling/ofJaeger";
import { otherRuntimeValues } from "./sampling/runtime";
import { indexCleanersFailing } from "./storage/indexCleaner";
import { tierAdvice } from "./tierAdvice";

/** Findings that no single segment of the path shows. */
export function otherFindings(evidence: Evidence): DoctorFinding[] {
    return [
        ...endlessTraces(evidence),
        ...controlPlaneDown(evidence),
        ...otherRuntimeValues(evidence),
        ...rollouts(evidence),
        ...tierAdvice(evidence),
        ...indexCleanersFailing(evidence),
        ...clockSkew(evidence),
        ...samplingOfJaeger(evidence),
        ...applyRules(evidence),
    ];
}
