import { z } from "zod";
import { BOOLEAN, CHOICE_NEXT, decimal, OWN_NAMESPACE, type Field } from "./field";

/** The settings of the demo, which proves that tracing works. */
export const DEMO_FIELDS = {
    "demo.deploy": {
        meaning: "`true` deploys the demo; `false` omits the frontend, the backend and their namespace.",
        expected: "true (the stack deploys its demo) or false (no frontend, backend and namespace for them)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "true",
    },
    "demo.namespace": {
        meaning: "Namespace of the demo's frontend and backend. The program creates it.",
        ...OWN_NAMESPACE,
        default: "demo",
    },
    "demo.traceContext": {
        meaning:
            "Who starts the trace of a frontend request: client (the frontend sends a fresh, sampled context in W3C and " +
            "B3 headers) or mesh (it sends none, so the first sidecar starts the trace).",
        expected: "client (the frontend sends a fresh sampled context) or mesh (the first sidecar starts the trace)",
        next: CHOICE_NEXT,
        schema: z.enum(["client", "mesh"]),
        default: "client",
    },
    "demo.scenario": {
        meaning:
            "What the demo shows: basic (the frontend calls the backend), orders (it also calls a third service, " +
            "orders, in the same trace) or faults (the same, but one in five requests to orders takes two seconds " +
            "longer, and one in five is answered with 503). With `traceContext: mesh`, each request is a separate " +
            "trace. The service orders has the image, size and pod settings of the backend.",
        expected:
            "basic (frontend and backend), orders (a third service) or faults (orders, sometimes slow or failing)",
        next: CHOICE_NEXT,
        schema: z.enum(["basic", "orders", "faults"]),
        default: "basic",
    },
    "demo.intervalSeconds": {
        meaning: "Seconds between two requests from the frontend, 0.1 to 3600.",
        expected: "a number from 0.1 to 3600 in steps of 0.1 (seconds between two requests)",
        next: "set for example 5",
        schema: decimal(0.1, 3600, 1),
        default: "5",
    },
} as const satisfies Record<string, Field>;
