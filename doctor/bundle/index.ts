import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { Witness } from "..";
import type { Diagnosis } from "../diagnose";
import type { Evidence } from "../evidence";
import { formatHtml } from "../report/html";
import { diagnosisJson } from "../report/json";
import { formatText } from "../report/text";
import { parseJson } from "../../shared/values/plainObjects";
import { recording, type Recorded } from "./recorder";
import { createRedactor, type Redactor } from "./redact";

/** A file of the archive. */
interface BundleFile {
    name: string;
    text: string;
    /** What it holds. */
    about: string;
}

/** Sees a run, and packs what it saw. */
export interface BundleWitness extends Witness {
    /**
     * The report and what it is based on as a `.tar.gz`, without secrets, and its files with a line about each.
     *
     * @param secrets of the user, such as the password of Jaeger, which are removed wherever they stand.
     */
    pack: (diagnosis: Diagnosis, secrets: string[]) => Promise<{ archive: Buffer; contents: string[] }>;
}

/** Starts to collect what a run reads. */
export function startBundle(): BundleWitness {
    const records: Recorded[] = [];
    let evidence: Evidence | undefined;
    return {
        attend: (access) => recording(access, records),
        evidence: (seen) => {
            evidence = seen;
        },
        pack: async (diagnosis, secrets) => {
            const redactor = createRedactor(secrets);
            const files = [
                ...reports(redactor.value(diagnosis), redactor),
                ...(evidence === undefined ? [] : filesOfEvidence(evidence, redactor)),
                ...records.map((record, index) => fileOfRecord(record, index, redactor)),
            ];
            const contents = files.map(({ name, about }) => `  ${name}: ${about}`);
            const readme = { name: "README.txt", text: README(contents), about: "this list" };
            return { archive: gzipSync(await toTar([readme, ...files])), contents };
        },
    };
}

const README = (contents: string[]): string =>
    [
        "What the doctor of istio-tracing read in one run, and its report.",
        "",
        "Removed: passwords, tokens, keys, cookies, PEM blocks, values of headers, of environment variables and of",
        "annotations that do not belong to Istio, tags of spans that Envoy does not set, and queries of URLs. The doctor",
        "reads no Secrets. Names of namespaces, workloads, hosts and paths remain: read the files before you send " +
            "them to anybody.",
        "",
        ...contents,
        "",
    ].join("\n");

function reports(diagnosis: Diagnosis, { text, value }: Redactor): BundleFile[] {
    return [
        { name: "report.txt", text: plain(text(formatText(diagnosis))), about: "the report" },
        { name: "report.html", text: formatHtml(diagnosis), about: "the report as a page" },
        {
            name: "report.json",
            text: JSON.stringify(value(diagnosisJson(diagnosis)), null, 2),
            about: "the report with all values",
        },
    ];
}

function filesOfEvidence(evidence: Evidence, { text, value }: Redactor): BundleFile[] {
    const { discovery, cluster, collectorFiles, workloads, relatedObjects, logLines, receivers, client, path } =
        evidence;
    const rights = (evidence.tiers ?? []).flatMap((tier) => tier.rights ?? []);
    const objects = {
        ...(cluster ?? discovery),
        ...{ collectorFiles, workloads },
        ...(relatedObjects && { relatedObjects }),
        ...(rights.length > 0 && { rights }),
    };
    const lists = Object.entries(objects).map(([kind, fact]) => ({
        name: `objects/${kind}.json`,
        text: JSON.stringify(value(fact), null, 2),
        about: "the parts of objects that the doctor reads, or why it could not read them",
    }));
    const logs = Object.entries(logLines).map(([pod, lines]) => ({
        name: `logs/${pod.replace("/", "_")}.txt`,
        text: lines.map(text).join("\n"),
        about: "access log lines of the doctor's own requests",
    }));
    const probes = evidence.probes.map(({ answer, seen }) => ({ answer, seen }));
    const requests = {
        client,
        url: path.url,
        probes,
        burst: evidence.burst && { ...evidence.burst, traces: undefined },
    };
    return [
        ...lists,
        ...logs,
        {
            name: "requests.json",
            text: JSON.stringify(value({ ...requests, receivers }), null, 2),
            about: "the doctor's requests, and what the collector's ports accept",
        },
    ];
}

function fileOfRecord({ kind, pod, question, answer }: Recorded, index: number, { text, value }: Redactor): BundleFile {
    const json = parseJson(answer);
    const number = String(index + 1).padStart(3, "0");
    const end = json === undefined ? "txt" : "json";
    return {
        name: `${kind}/${pod}/${number}.${end}`,
        text: json === undefined ? text(answer) : JSON.stringify(value(json), null, 2),
        about: question,
    };
}

/** Without colors, which a terminal's report can have. */
function plain(text: string): string {
    return text.replace(/\x1b\[[0-9;]*m/g, "");
}

async function toTar(files: BundleFile[]): Promise<Buffer> {
    const archive = pack();
    for (const { name, text } of files) archive.entry({ name, mode: 0o644 }, text);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
    return Buffer.concat(chunks);
}
