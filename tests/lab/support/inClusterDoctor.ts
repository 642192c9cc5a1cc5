import type { Cluster } from "../../../lab/cluster";
import { DOCTOR_IMAGE } from "../../../lab/images/names";
import { eventually, kubectl } from "./sharedLab";

/** Settings of a stack with the doctor, at the shortest interval. */
export const DOCTOR_SETTINGS = {
    ...{ "doctor.enabled": "true", "doctor.image": DOCTOR_IMAGE },
    "doctor.intervalSeconds": "15",
};

/** What the doctor promises: a fault, and its end, are seen within this time, in seconds. */
export const PROMISED_SECONDS = 120;

/** The doctor's metrics, as Prometheus reads them. */
export function doctorMetrics(lab: Cluster): string {
    const service = "/api/v1/namespaces/tracing-doctor/services/tracing-doctor:9464/proxy";
    return kubectl(lab, "get", "--raw", `${service}/metrics`);
}

/** What the doctor logs. */
export function doctorLog(lab: Cluster): string {
    return kubectl(lab, "logs", "-n", "tracing-doctor", "deploy/tracing-doctor", "-c", "doctor", "--tail=20");
}

/** Waits until the last probe arrived and there is no finding. */
export function turnsGreen(lab: Cluster): Promise<true> {
    return eventually(PROMISED_SECONDS, async () => {
        const text = doctorMetrics(lab);
        const isGreen = /^tracing_probe_success 1$/m.test(text) && !/^tracing_finding\{/m.test(text);
        return isGreen || notYet(lab, text);
    });
}

/** Waits until the doctor has a finding, and answers its labels. */
export function findsInCluster(lab: Cluster, id: string): Promise<string> {
    return eventually(PROMISED_SECONDS, async () => {
        const text = doctorMetrics(lab);
        const found = text.split("\n").find((line) => line.startsWith(`tracing_finding{id="${id}",`));
        return found === undefined ? notYet(lab, text) : { found };
    }).then(({ found }) => found);
}

/** What is there instead, after a pause in which the doctor has the processors for itself. */
async function notYet(lab: Cluster, text: string): Promise<string> {
    const answer = `${text}\n${doctorLog(lab)}`;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return answer;
}
