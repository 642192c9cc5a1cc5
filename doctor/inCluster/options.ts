import { UserError } from "../../shared/terminal/errors";

/** What the doctor in the cluster is told by the environment of its container. */
export interface InClusterSettings {
    pod: string;
    namespace: string;
    /** URL of its own server. */
    probeUrl: string;
    intervalSeconds: number;
    /** How long collectors hold spans until they have decided about their trace, in seconds. */
    holdSeconds: number;
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
    const seconds = (name: string, text: string, least: number, setting: string): number => {
        const value = Number(text);
        if (Number.isInteger(value) && value >= least) return value;
        throw new UserError(
            `expected ${name} to be a whole number of seconds, got ${JSON.stringify(text)}. Next: correct ${setting}`,
            2,
        );
    };
    const interval = wanted("INTERVAL_SECONDS");
    return {
        ...{ pod: wanted("POD_NAME"), namespace: wanted("POD_NAMESPACE"), probeUrl: wanted("PROBE_URL") },
        intervalSeconds: seconds("INTERVAL_SECONDS", interval, 1, "doctor.intervalSeconds"),
        holdSeconds: seconds("HOLD_SECONDS", env["HOLD_SECONDS"] ?? "0", 0, "collectorTier.decisionWaitSeconds"),
        jaegerLogin: env["JAEGER_LOGIN"] || undefined,
    };
}
