import type { PlainObject } from "../../shared/values/plainObjects";

/** A stack of which a checkpoint is recorded. */
export interface RecordedStack {
    /** The stack of the project whose file it starts from. */
    basis: string;
    /** Settings in addition to that file, as a user writes them into it. @default none */
    settings?: PlainObject;
    /** Made-up values of settings that Pulumi.yaml declares secret. @default none */
    secrets?: PlainObject;
}

/** Name of the stack to its settings: the stacks of the project, and what else keeps something that a user could lose. */
export const RECORDED_STACKS: Record<string, RecordedStack> = {
    dev: { basis: "dev" },
    ci: { basis: "ci" },
    prod: { basis: "prod" },
    ui: {
        basis: "ci",
        settings: {
            "istio-tracing:ui": {
                mode: "gateway",
                host: "traces.example.com",
                serviceType: "ClusterIP",
                tls: { mode: "plainHttp" },
            },
        },
        secrets: { "istio-tracing:uiBasicAuth": { username: "anna", password: "correct-horse-9" } },
    },
    badger: {
        basis: "dev",
        settings: { "istio-tracing:jaeger": { storage: { type: "badger", size: "5Gi", retentionHours: 2 } } },
    },
};
