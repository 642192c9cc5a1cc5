import { UserError } from "../../shared/terminal/errors";

/** What the doctor in the cluster is told by the environment of its container. */
export interface InClusterSettings {
    pod: string;
    namespace: string;
    /** URL of its own server. */
    probeUrl: string;
    intervalSeconds: number;
    /** `USER:PASSWORD` for a Jaeger that requires a login. */
    jaegerLogin: string | undefined;
}

/** @throws UserError for a variable that is missing or not usable. */
export function readEnvironment(env: Record<string, string | undefined>): InClusterSettings {
    const wanted = (name: string): string => {
        const value = env[name] ?? "";
        if (value !== "") return value;
        throw new UserError(
            `expected the environment variable ${name}, got nothing. Next: set doctor.enabled instead of running the image by hand`,
            2,
        );
    };
    const interval = wanted("INTERVAL_SECONDS");
    const intervalSeconds = Number(interval);
    if (!Number.isInteger(intervalSeconds) || intervalSeconds < 1)
        throw new UserError(
            `expected INTERVAL_SECONDS to be a whole number of seconds, got ${JSON.stringify(interval)}. Next: correct doctor.intervalSeconds`,
            2,
        );
    return {
        ...{ pod: wanted("POD_NAME"), namespace: wanted("POD_NAMESPACE"), probeUrl: wanted("PROBE_URL") },
        intervalSeconds,
        jaegerLogin: env["JAEGER_LOGIN"] || undefined,
    };
}
