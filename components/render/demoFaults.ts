import type { PlainObject } from "../../shared/values/plainObjects";

/** One in five requests is slow, and one in five fails: often enough to meet both within a minute. */
const PERCENTAGE = { value: 20 };

/** Istio's VirtualService that makes the sidecars of its callers delay or refuse some of the requests to a service. */
export function renderFaults(service: string): PlainObject {
    return {
        hosts: [service],
        // Only callers in the demo's namespace meet them.
        exportTo: ["."],
        http: [
            {
                fault: {
                    delay: { percentage: PERCENTAGE, fixedDelay: "2s" },
                    abort: { percentage: PERCENTAGE, httpStatus: 503 },
                },
                route: [{ destination: { host: service } }],
            },
        ],
    };
}
