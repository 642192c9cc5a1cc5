import { randomBytes } from "node:crypto";
import type { Fact } from "../../shared/cluster/facts";
import type { Access, ContainerRef } from "../connection/access";
import { PROBE_AGENT } from "../../shared/names/probe";

/** The IDs of one probe. */
export interface ProbeIds {
    /** 128 bits, in hexadecimal digits. */
    traceId: string;
    /** The span of the probe itself, which no tracer reports. */
    spanId: string;
    requestId: string;
}

/** The answer to a probe. */
export interface ProbeAnswer extends ProbeIds {
    /** HTTP status; 0 without an answer. */
    status: number;
    /** The HTTP client's message about a failure. */
    error: string;
    /** True if the client cannot resolve the host of the URL. */
    unresolved: boolean;
}

/** An HTTP client in a container. */
export type HttpClient = "curl" | "wget";

/** Prefix of the user agents of the doctor's requests. */
export const AGENT = PROBE_AGENT;
/** Time limit of a single request, in seconds. */
export const REQUEST_LIMIT = 5;

/** A new trace context with the same IDs in W3C and B3, so that every provider can read it. */
export function freshIds(): ProbeIds {
    const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
    const random = hex(16);
    // Envoy stores its sampling decision in the first digit of the third group: 9 means that this request is recorded.
    const requestId = [
        random.slice(0, 8),
        random.slice(8, 12),
        `9${random.slice(13, 16)}`,
        `8${random.slice(17, 20)}`,
        random.slice(20),
    ];
    return { traceId: hex(16), spanId: hex(8), requestId: requestId.join("-") };
}

/**
 * Headers with a sampled flag. B3 headers are only for a provider that reads them, because they would conflict for
 * others.
 */
export function probeHeaders({ traceId, spanId, requestId }: ProbeIds, b3: boolean): Record<string, string> {
    return {
        traceparent: `00-${traceId}-${spanId}-01`,
        "x-request-id": requestId,
        // A Collector tier keeps what it knows by this. The burst's own agent is another one.
        "user-agent": `${AGENT}/probe`,
        ...(b3 && { "x-b3-traceid": traceId, "x-b3-spanid": spanId, "x-b3-sampled": "1" }),
    };
}

/** Exit codes of a command that a signal ended because the pod was deleted, for example in a rollout. */
const KILLED = [137, 143];

/** The HTTP client of a container; undefined if it has none, or if shell commands do not run in it. */
export async function findClient(access: Access, where: ContainerRef): Promise<Fact<HttpClient | undefined>> {
    for (const client of ["curl", "wget"] as const) {
        const fact = await access.exec(where, [client, "--help"]);
        if ("failure" in fact) return fact;
        if (KILLED.includes(fact.value.code)) {
            return { failure: { kind: "unexpected", reason: "the container ended while a command ran in it" } };
        }
        // Busybox's wget exits with a different code after its help than curl.
        if (fact.value.code === 0 || /usage/i.test(fact.value.stdout + fact.value.stderr)) return { value: client };
    }
    return { value: undefined };
}

/** Sends requests one after the other, each with its own headers, and returns the answers. */
export async function sendProbes(
    access: Access,
    where: ContainerRef,
    client: HttpClient,
    url: string,
    ids: ProbeIds[],
    b3: boolean,
): Promise<Fact<ProbeAnswer[]>> {
    const headers = ids.map((each) => probeHeaders(each, b3));
    const commands = client === "curl" ? [curlCommand(url, headers)] : headers.map((each) => wgetCommand(url, each));
    const statuses: number[] = [];
    const errors: string[] = [];
    for (const command of commands) {
        const fact = await access.exec(where, command, REQUEST_LIMIT * ids.length + 5);
        // The request was not sent, or that is unknown, so this is not an answer of the mesh.
        if ("failure" in fact) return fact;
        const { code, stdout, stderr } = fact.value;
        statuses.push(...(client === "curl" ? stdout.split("\n").map(Number) : [wgetStatus(code, stderr)]));
        if (code !== 0) errors.push(stderr.trim().split("\n").pop() ?? "");
    }
    const answers = ids.map((each, index) => {
        const status = statuses[index] ?? 0;
        const error = status === 0 ? (errors[index] ?? errors[0] ?? "") : "";
        // curl and Busybox's wget.
        return { ...each, status, error, unresolved: /resolve host|bad address/i.test(error) };
    });
    return { value: answers };
}

function curlCommand(url: string, probes: Record<string, string>[]): string[] {
    const one = (headers: Record<string, string>): string[] => {
        const given = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
        const limit = ["--max-time", String(REQUEST_LIMIT)];
        return ["-sSg", "-o", "/dev/null", "-w", "%{http_code}\n", ...limit, ...given, url];
    };
    return ["curl", ...probes.flatMap((headers, index) => (index === 0 ? one(headers) : ["--next", ...one(headers)]))];
}

function wgetCommand(url: string, headers: Record<string, string>): string[] {
    const given = Object.entries(headers).map(([name, value]) => `--header=${name}: ${value}`);
    return ["wget", "-S", "-O", "/dev/null", "-T", String(REQUEST_LIMIT), ...given, url];
}

/** HTTP status of a single wget; 0 without an answer. */
export function wgetStatus(code: number, said: string): number {
    const status = [...said.matchAll(/HTTP\/[\d.]+ (\d{3})/g)].pop()?.[1];
    return status === undefined ? (code === 0 ? 200 : 0) : Number(status);
}
