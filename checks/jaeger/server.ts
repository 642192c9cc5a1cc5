import type { Finding } from "../finding";

/** Why a server gave no answer. */
export type NoAnswer =
    /** The certificate or its name was not accepted. */
    | { untrusted: string }
    | { unreachable: string }
    /** The login was not accepted. */
    | { refused: string };

/** A server that Jaeger uses, and the settings that describe it. */
export interface NamedServer {
    /** What a finding is about, such as `cassandra-0:9042`. */
    resource: string;
    /** Start of the findings' names: `storage` or `kafka`. */
    prefix: string;
    /** The settings of its address, its certificate and its login. */
    settings: { address: string; tls: string; username: string; password: string };
    /** @default Jaeger logs in as nobody */
    username?: string | undefined;
}

/** Reports a server that did not answer: its certificate, the way to it, or its login. */
export function checkAnswered(server: NamedServer, answer: NoAnswer): Finding[] {
    const { settings, username, resource } = server;
    if ("untrusted" in answer) {
        return [
            serverFinding(server, "certificate", {
                expected: `a certificate of the authority in ${settings.tls}, for the name there or that of the address`,
                got: answer.untrusted,
                cure: `Correct ${settings.tls}.ca or ${settings.tls}.serverName, or give the server another certificate.`,
            }),
        ];
    }
    if ("refused" in answer) {
        return [
            serverFinding(server, "login", {
                expected:
                    username === undefined
                        ? `a server that requires no login, because ${settings.username} is not set`
                        : `a server that knows ${username} and the password in ${settings.password}`,
                got: answer.refused,
                cure: `Correct ${settings.username} and ${settings.password}, or give that user its rights on the server.`,
            }),
        ];
    }
    const unreachable = serverFinding(server, "reachable", {
        expected: `an answer from ${resource}`,
        got: `${answer.unreachable}, from this machine`,
        cure: `Start the server or correct ${settings.address}. If only the cluster's pods reach it, ignore this.`,
    });
    return [{ ...unreachable, severity: "warning" }];
}

/** An error about a server. */
export function serverFinding(
    { prefix, resource }: NamedServer,
    id: string,
    words: Pick<Finding, "expected" | "got" | "cure">,
): Finding {
    return { id: `${prefix}-${id}`, severity: "error", resource, ...words };
}
