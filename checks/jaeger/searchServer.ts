import { isPlainObject, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";

/** The major versions that Jaeger 2.13 takes. */
const TAKEN = { elasticsearch: [7, 8, 9], opensearch: [1, 2, 3] };

/** What an index says when nothing is written into it any more. */
const BLOCKS = ["index.blocks.read_only_allow_delete", "index.blocks.read_only", "index.blocks.write"];

/** Path, after that of the indices, at which a server tells which of them it does not write into. */
export const BLOCKS_PATH = "_settings/index.blocks.*?flat_settings=true";

/** An Elasticsearch or OpenSearch, as the settings have it. */
export interface WantedServer {
    type: keyof typeof TAKEN;
    url: string;
    /** @default Jaeger logs in as nobody */
    username?: string | undefined;
    /** False if the password is encrypted, so that a refused login says nothing. */
    loggedIn: boolean;
}

/** What a server answered at its root, or why there is no answer. */
export type ServerAnswer =
    | { status: number; body: unknown }
    /** The certificate or its name was not accepted. */
    | { untrusted: string }
    | { unreachable: string };

/** Reports a search engine that Jaeger could not use: its certificate, its login, its version. */
export function checkSearchServer(wanted: WantedServer, answer: ServerAnswer): Finding[] {
    const { url, username, loggedIn } = wanted;
    if ("untrusted" in answer) {
        return [
            finding(wanted, "storage-certificate", {
                expected: "a certificate of the authority in jaeger.storage.tls, for the name there or that of the URL",
                got: answer.untrusted,
                cure: "Correct jaeger.storage.tls.ca or jaeger.storage.tls.serverName, or give the server another certificate.",
            }),
        ];
    }
    if ("unreachable" in answer) {
        const unreachable = finding(wanted, "storage-reachable", {
            expected: `an answer from ${url}`,
            got: `${answer.unreachable}, from this machine`,
            cure: "Start the server or correct jaeger.storage.serverUrls. If only the cluster's pods reach it, ignore this.",
        });
        return [{ ...unreachable, severity: "warning" }];
    }
    const { status, body } = answer;
    if (status === 401 || status === 403) {
        if (!loggedIn) return [];
        return [
            finding(wanted, "storage-login", {
                expected:
                    username === undefined
                        ? "a server that requires no login, because jaeger.storage.username is not set"
                        : `a server that knows ${username} and the password in jaegerStoragePassword`,
                got: `HTTP ${String(status)}`,
                cure: "Correct jaeger.storage.username and jaegerStoragePassword, or give that user its rights on the server.",
            }),
        ];
    }
    return status === 200 ? versionFindings(wanted, body) : [wrongServer(wanted, `HTTP ${String(status)}`)];
}

/** The product and the version in the answer of a server at its root. */
export function describeServer(body: unknown): { type: keyof typeof TAKEN; version: string } | undefined {
    const version = textAt(body, "version", "number");
    if (version === undefined) return undefined;
    const isOpenSearch = textAt(body, "version", "distribution") === "opensearch";
    return { type: isOpenSearch ? "opensearch" : "elasticsearch", version };
}

/**
 * Reports indices of Jaeger's into which the server writes nothing more, since its disk is full.
 *
 * @param body answer to the path {@link BLOCKS_PATH}.
 */
export function checkWritable(wanted: WantedServer, body: unknown): Finding[] {
    const indices = Object.entries(isPlainObject(body) ? body : {})
        .filter(([, index]) => BLOCKS.some((block) => textAt(index, "settings", block) === "true"))
        .map(([name]) => name)
        .sort();
    const [first] = indices;
    if (first === undefined) return [];
    const all = `${wanted.url.replace(/\/$/, "")}/${indices.join(",")}/_settings`;
    return [
        finding(wanted, "storage-read-only", {
            expected: "Jaeger indices that accept spans",
            got:
                `${String(indices.length)} that are read-only, such as ${first}: a server makes indices read-only ` +
                "when its disk is nearly full",
            cure:
                "Check the disks (GET /_cat/allocation?v), and delete old indices or add room. If the server does " +
                `not lift the block by itself after that: curl -X PUT ${all} -H 'Content-Type: application/json' -d ` +
                "'{\"index.blocks.read_only_allow_delete\": null}'",
        }),
    ];
}

function versionFindings(wanted: WantedServer, body: unknown): Finding[] {
    const found = describeServer(body);
    if (found === undefined) return [wrongServer(wanted, "an answer without a version")];
    const majors = TAKEN[found.type];
    if (majors.includes(Number(found.version.split(".")[0]))) return [];
    return [
        finding(wanted, "storage-version", {
            expected: `${found.type} ${majors.join(", ")}, which Jaeger 2.13 supports`,
            got: `${found.type} ${found.version}`,
            cure: "Update the server, or choose another one in jaeger.storage.serverUrls.",
        }),
    ];
}

function wrongServer(wanted: WantedServer, got: string): Finding {
    return finding(wanted, "storage-server", {
        expected: `an ${wanted.type}, which reports its version at its root`,
        got,
        cure: "Correct jaeger.storage.serverUrls, or the proxy in front of the server.",
    });
}

function finding({ url }: WantedServer, id: string, words: Pick<Finding, "expected" | "got" | "cure">): Finding {
    return { id, severity: "error", resource: url, ...words };
}
