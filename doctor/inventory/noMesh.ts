import { UserError } from "../../shared/terminal/errors";
import { nextSteps } from "../nextSteps";
import type { Discovery } from "./objects";

/** The error of a cluster without an Istio control plane, or without the rights to see one. */
export function noMesh(discovery: Discovery): UserError {
    const fact = discovery.istiods;
    const got = "failure" in fact ? fact.failure.reason : "no Deployment with the label app=istiod";
    return new UserError(
        `expected an Istio control plane in this cluster, got: ${got}. Next: ` +
            ("failure" in fact ? `${nextSteps().seeRights}.` : `${nextSteps().findMesh}.`),
        2,
    );
}
