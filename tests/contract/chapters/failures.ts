import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { account, configMap, makeNamespace } from "./parts";

/** 2 makes what somebody else has made, 3 waits in vain, 4 need not wait, 5 fails by itself, 6 protects, 7 does not. */
export function failures(step: number): Record<string, unknown> {
    const made = makeNamespace("contract-failures");
    const namespace = made.metadata.name;
    if (step === 5) throw new pulumi.RunError("the program gives up");
    const good = account(
        "good",
        { name: "good", namespace },
        { step: step === 1 ? "1" : "2" },
        { protect: step === 6 },
    );
    if (step === 1) return {};
    const taken = configMap("taken", { name: "taken", namespace }, { a: "1" }, { dependsOn: [good] });
    const after = configMap("after", { name: "after", namespace }, { a: "1" }, { dependsOn: [taken] });
    if (step === 2) return {};
    // Nobody gives it an address.
    const patience: Record<string, string> = step === 3 ? { timeoutSeconds: "3" } : { skipAwait: "true" };
    const annotations = Object.fromEntries(Object.entries(patience).map(([key, text]) => [`pulumi.com/${key}`, text]));
    const service = new k8s.core.v1.Service(
        "waiting",
        {
            metadata: { name: "waiting", namespace, annotations },
            spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
        },
        { dependsOn: [after] },
    );
    configMap("last", { name: "last", namespace }, { a: "1" }, { dependsOn: [service] });
    return {};
}
