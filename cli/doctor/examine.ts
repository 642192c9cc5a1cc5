import { runDoctor, type DoctorOptions } from "../../doctor";
import { clusterReports, exitCodeOfClusters, type ClusterResult } from "../../doctor/report/clusters";
import { annotation, formatAnnotations, withoutCommands } from "../../doctor/report/github";
import { formatHtml } from "../../doctor/report/html";
import { formatJson } from "../../doctor/report/json";
import { formatJunit } from "../../doctor/report/junit";
import { formatText } from "../../doctor/report/text";
import { exitCodeOf, type FailOn } from "../../doctor/report/verdict";
import { save } from "./options";
import { whyFailed } from "../../doctor/whyFailed";

/** The reports to write in addition to the one that is printed. */
export interface Outputs {
    json: boolean;
    github: boolean;
    failOn: FailOn;
    junit: string | undefined;
    html: string | undefined;
    bundle: string | undefined;
}

/** Examines one cluster and writes all reports; returns the exit code. */
export async function examineOne(options: DoctorOptions, outputs: Outputs): Promise<number> {
    const { json, github, failOn, junit, html, bundle } = outputs;
    // The archive needs a package that nothing else needs.
    const bundling = bundle === undefined ? undefined : await import("../../doctor/bundle");
    const witness = bundling?.startBundle();
    try {
        const diagnosis = await runDoctor({ ...options, witness });
        const report = json ? formatJson(diagnosis) : formatText(diagnosis);
        console.log(github ? [withoutCommands(report), ...formatAnnotations(diagnosis)].join("\n") : report);
        if (junit !== undefined) save(junit, `${formatJunit(diagnosis, failOn)}\n`);
        if (html !== undefined) save(html, `${formatHtml(diagnosis)}\n`);
        if (bundle !== undefined && witness !== undefined) {
            const { archive, contents } = await witness.pack(diagnosis, secretsOf(options));
            save(bundle, archive, true);
            process.stderr.write(`wrote ${bundle}, with secrets removed:\n${contents.join("\n")}\n`);
        }
        return exitCodeOf(diagnosis, failOn);
    } catch (error) {
        const reason = whyFailed(error);
        if (github && reason !== undefined) console.log(annotation("error", "the doctor could not run", reason));
        throw error;
    }
}

/** Examines several clusters, one after the other, for one report; returns the exit code. */
export async function examineSeveral(contexts: string[], options: DoctorOptions, outputs: Outputs): Promise<number> {
    const { json, github, failOn, junit, html } = outputs;
    const clusters: ClusterResult[] = [];
    for (const context of contexts) {
        options.say?.(`cluster ${context}`);
        try {
            clusters.push({ context, result: await runDoctor({ ...options, context }) });
        } catch (error) {
            const problem = whyFailed(error);
            if (problem === undefined) throw error;
            clusters.push({ context, result: { problem } });
        }
    }
    const report = json ? clusterReports.json(clusters) : clusterReports.text(clusters);
    console.log(github ? [withoutCommands(report), ...clusterReports.github(clusters)].join("\n") : report);
    if (junit !== undefined) save(junit, `${clusterReports.junit(clusters, failOn)}\n`);
    if (html !== undefined) save(html, `${clusterReports.html(clusters)}\n`);
    return exitCodeOfClusters(clusters, failOn);
}

/** What the user gave the doctor itself, which must not appear in an archive. */
function secretsOf({ jaegerLogin, jaegerUrl }: DoctorOptions): string[] {
    const url = jaegerUrl === undefined ? undefined : new URL(jaegerUrl);
    return [jaegerLogin, jaegerLogin?.replace(/^[^:]*:/, ""), url?.password, url?.username].filter(
        (secret) => secret !== undefined && secret !== "",
    ) as string[];
}
