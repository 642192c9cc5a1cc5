import type { ParsedSettings } from "./parse";

/** The doctor in the cluster. */
export interface DoctorSettings {
    image: string;
    namespace: string;
    /** Seconds between two probes. */
    intervalSeconds: number;
}

/** The doctor that the settings ask for; undefined for none. */
export function resolveDoctor(values: ParsedSettings): DoctorSettings | undefined {
    if (!values["doctor.enabled"]) return undefined;
    return {
        image: values["doctor.image"],
        namespace: values["doctor.namespace"],
        intervalSeconds: values["doctor.intervalSeconds"],
    };
}
