import { parse, stringify } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { kubectl } from "../support/sharedLab";
import { describeFaults } from "./faults";
import { shell } from "./examine";

const INJECTOR = ["configmap", "istio-sidecar-injector", "-n", "istio-system"];
type Data = Record<"config" | "values", string>;
let former: Data | undefined;

/** Changes what Istio's chart wrote for the injector, until new pods get what it says, and replaces the pods of a workload. */
function reinstall(lab: Cluster, app: string, change: (data: Data) => Data, shows: RegExp): void {
    former ??= data(lab);
    write(lab, change(former));
    const pod = { metadata: { name: "try", labels: { app } }, spec: { containers: [{ name: "try", image: "none" }] } };
    const manifest = JSON.stringify({ apiVersion: "v1", kind: "Pod", ...pod });
    for (let tries = 0; tries < 30; tries++) {
        const made = shell(lab, "kubectl create --dry-run=server -n demo -o json -f -", manifest);
        if (shows.test(JSON.stringify(JSON.parse(made)))) break;
        shell(lab, "sleep 1");
    }
    kubectl(lab, "rollout", "restart", `deployment/${app}`, "-n", "demo");
    kubectl(lab, "rollout", "status", `deployment/${app}`, "-n", "demo", "--timeout=60s");
}

function data(lab: Cluster): Data {
    return JSON.parse(kubectl(lab, "get", ...INJECTOR, "-o", "jsonpath={.data}")) as Data;
}

function write(lab: Cluster, changed: Data): void {
    kubectl(lab, "patch", ...INJECTOR, "--type=merge", "-p", JSON.stringify({ data: changed }));
}

function restore(lab: Cluster): void {
    if (former !== undefined) write(lab, former);
    former = undefined;
}

describeFaults("the values with which Istio was installed", [
    {
        what: "addresses that are not among those that sidecars capture",
        inject: (lab) => {
            const narrow = ({ config, values }: Data): Data => {
                const all = JSON.parse(values) as { global: { proxy: Record<string, string> } };
                all.global.proxy["includeIPRanges"] = "10.0.0.0/16";
                return { config, values: JSON.stringify(all) };
            };
            reinstall(lab, "frontend", narrow, /"10\.0\.0\.0\/16"/);
        },
        id: "sidecar-bypassed",
        segment: "entry",
        got: /global\.proxy\.includeIPRanges of Istio's values is 10\.0\.0\.0\/16, which excludes .* of Service demo\/backend$/,
        cleanUp: restore,
        full: true,
    },
    {
        what: "a selector of pods that never get a sidecar",
        inject: (lab) => {
            const never = ({ config, values }: Data): Data => {
                const all = parse(config) as Record<string, unknown>;
                all["neverInjectSelector"] = [{ matchLabels: { app: "backend" } }];
                return { config: stringify(all, { lineWidth: 0 }), values };
            };
            reinstall(lab, "backend", never, /^(?!.*istio-proxy)/);
        },
        id: "sidecar-missing",
        segment: "routing",
        got: /neverInjectSelector of the injector selects the pod/,
        cleanUp: restore,
        full: true,
    },
]);
