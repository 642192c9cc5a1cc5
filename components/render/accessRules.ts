import type * as pulumi from "@pulumi/pulumi";
import { DEFAULT_BASE_PATH } from "../ui";
import { deepMerge, type PlainObject } from "../../shared/values/plainObjects";

/** Where Jaeger finds the names and passwords of basic authentication. */
export const USERS_FOLDER = "/etc/jaeger-users";
export const USERS_FILE = "htpasswd";

/** What of Jaeger's configuration and pod follows from who may send spans to it and query it. */
export interface AccessRules {
    /**
     * Path below which Jaeger serves UI and query API over HTTP.
     * @default /
     */
    basePath?: string;
    /**
     * Secret whose key `htpasswd` holds the names and passwords that Jaeger asks for before it answers a query.
     * @default it asks for none
     */
    usersSecret?: pulumi.Input<string>;
    /**
     * Gives the pod a sidecar for what comes in, which alone can tell who sends it, and rolls the pod when the sidecar
     * must restart. What goes out, to a database for one, does not pass the sidecar.
     * @default no sidecar
     */
    sidecarHash?: pulumi.Input<string>;
}

/** A base path as it stands before further parts of a path: without a slash at its end. */
export function pathPrefixOf({ basePath = DEFAULT_BASE_PATH }: AccessRules): string {
    return basePath === "/" ? "" : basePath;
}

/**
 * Jaeger's configuration with its query side below a path and behind basic authentication, over HTTP and gRPC alike.
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
