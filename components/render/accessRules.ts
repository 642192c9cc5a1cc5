import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_BASE_PATH } from "../ui";
import { deepMerge, type PlainObject } from "../../shared/values/plainObjects";

/** The path at which Jaeger finds the names and passwords of basic authentication. */
export const USERS_FOLDER = "/etc/jaeger-users";
export const USERS_FILE = "htpasswd";

/** The parts of Jaeger's configuration and pod that depend on who may send spans and query. */
export interface AccessRules {
    /**
     * Path below which Jaeger serves the UI and the query API over HTTP.
     * @default /
     */
    basePath?: string;
    /**
     * Secret whose key `htpasswd` contains the names and passwords that Jaeger requires for queries.
     * @default it requires none
     */
    usersSecret?: pulumi.Input<string> | undefined;
    /**
     * Gives the pod a sidecar for incoming requests, because only a sidecar knows their sender, and restarts the pod
     * when the sidecar must restart. Outgoing requests, such as to a database, bypass the sidecar.
     * @default no sidecar
     */
    sidecarHash?: pulumi.Input<string>;
    /**
     * Revision or revision tag that injects the sidecar.
     * @default the default revision
     */
    revision?: string | undefined;
}

/** A base path as the prefix of a path: without a trailing slash. */
export function pathPrefixOf({ basePath = DEFAULT_BASE_PATH }: AccessRules): string {
    return basePath === "/" ? "" : basePath;
}

/**
 * Jaeger's configuration with its query API below a path and behind basic authentication, over both HTTP and gRPC.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/extension/basicauthextension
 */
export function withQueryAccess(config: PlainObject, access: AccessRules): PlainObject {
    const pathPrefix = pathPrefixOf(access);
    const based = deepMerge(config, {
        extensions: { jaeger_query: pathPrefix === "" ? {} : { base_path: pathPrefix } },
    });
    if (access.usersSecret === undefined) return based;
    const authenticator = "basicauth/ui";
    const { extensions } = based["service"] as { extensions: string[] };
    const auth = { auth: { authenticator } };
    return deepMerge(based, {
        service: { extensions: [authenticator, ...extensions] },
        extensions: {
            [authenticator]: { htpasswd: { file: `${USERS_FOLDER}/${USERS_FILE}` } },
            jaeger_query: { http: auth, grpc: auth },
        },
    });
}
