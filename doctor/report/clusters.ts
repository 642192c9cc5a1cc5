import pc from "picocolors";
import { formatSuites } from "../../shared/reports/junit";
import type { Diagnosis } from "../diagnose";
import { formatAnnotations, annotation } from "./github";
import { formatPages } from "./html";
import { diagnosisJson } from "./json";
import { suiteOf } from "./junit";
import { formatText, verdict } from "./text";
import { exitCodeOf, type FailOn } from "./verdict";

/** The result for one of several clusters. */
export interface ClusterResult {
    context: string;
    /** The diagnosis, or why there is none. */
    result: Diagnosis | { problem: string };
}

/** The reports about several clusters, each as one document. */
export const clusterReports = {
    text: (clusters: ClusterResult[]): string =>
        [
            ...clusters.flatMap(({ context, result }) => [
                pc.bold(`Cluster ${context}`),
                "problem" in result ? result.problem : formatText(result),
                "",
            ]),
            pc.bold("All clusters"),
            ...clusters.map(({ context, result }) => `  ${context}: ${summary(result)}`),
        ].join("\n"),

    json: (clusters: ClusterResult[]): string =>
        JSON.stringify(
            {
                clusters: clusters.map(({ context, result }) => ({
                    context,
                    ...("problem" in result ? { problem: result.problem } : (diagnosisJson(result) as object)),
                })),
            },
            null,
            2,
        ),

    junit: (clusters: ClusterResult[], failOn: FailOn): string =>
        formatSuites(
            clusters.map(({ context, result }) => {
                if (!("problem" in result)) {
                    const { name, cases } = suiteOf(result, failOn);
                    return { name: `${context}: ${name}`, cases };
                }
                const failures = [{ type: "not-examined", message: result.problem, text: result.problem }];
                return { name: context, cases: [{ className: "doctor", name: "examination", failures }] };
            }),
        ),

    html: (clusters: ClusterResult[]): string => formatPages(clusters),

    github: (clusters: ClusterResult[]): string[] =>
        clusters.flatMap(({ context, result }) =>
            "problem" in result
                ? [annotation("error", `${context}: the doctor could not run`, result.problem)]
                : formatAnnotations(result, context),
        ),
};

/** Exit code for several clusters: 1 if any has an error, otherwise 2 if any is not proven, otherwise 0. */
export function exitCodeOfClusters(clusters: ClusterResult[], failOn: FailOn): number {
    const codes = clusters.map(({ result }) => ("problem" in result ? 2 : exitCodeOf(result, failOn)));
    return codes.includes(1) ? 1 : Math.max(0, ...codes);
}

function summary(result: ClusterResult["result"]): string {
    return "problem" in result ? `${pc.yellow("not examined")}: ${result.problem}` : verdict(result);
}
