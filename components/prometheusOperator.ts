import * as pulumi from "@pulumi/pulumi";
import { checkPrometheusOperator, operatorCrd, operatorKinds } from "../checks/cluster/prometheusOperator";
import { formatFinding } from "../checks/finding";
import type { MonitoringArgs } from "./monitoring";
import { objectExists } from "./objectExists";

const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

/**
 * Fails if the cluster lacks the CRDs of the objects that the stack would create, before one of them is created. Says
 * which setting fits if the cluster has the operator and the stack has nothing for it. Known when neither is the case, and
 * where nobody can tell.
 */
export function requireOperator(operator: NonNullable<MonitoringArgs["operator"]>): pulumi.Output<string> {
    const kinds = operatorKinds(operator);
    return pulumi.all(kinds.map((kind) => objectExists(CRD, operatorCrd(kind)))).apply((exist) => {
        if (exist.includes(undefined)) return "accepted";
        const served = kinds.filter((_, index) => exist[index]);
        for (const finding of checkPrometheusOperator(operator, served, true)) {
            if (finding.severity === "error") throw new pulumi.RunError(formatFinding(finding));
            void pulumi.log.info(formatFinding(finding));
        }
        return "accepted";
    });
}
