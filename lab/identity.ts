import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The differences between the labs of two checkouts on one machine. */
export interface LabIdentity {
    /** `istio-tracing-` and 8 hex digits: name of the node, the context, the cgroup and the state folder. */
    name: string;
    /** Real path of the lab's checkout. */
    checkout: string;
    /** Folder for all files of the lab, including the kubeconfig and the logs. */
    stateDir: string;
    /** Address of the node inside the lab's own network namespace. */
    nodeAddress: string;
    /**
     * Port on the host's 127.0.0.1 that is forwarded to the API server. If it is in use, `up` takes the next free one.
     */
    apiPort: number;
    /** Port on the host's 127.0.0.1 that is forwarded to Jaeger's query Service. */
    jaegerPort: number;
}

const firstPort = 20000;
const portPairs = 5000;

/** Names, addresses, ports and folders of the lab of a checkout, from a hash of the checkout's real path. */
export function labIdentity(checkoutPath: string = dirname(__dirname)): LabIdentity {
    const checkout = realpathSync(checkoutPath);
    const hash = createHash("sha256").update(checkout).digest();
    const name = `istio-tracing-${hash.toString("hex").slice(0, 8)}`;
    const apiPort = firstPort + 2 * (hash.readUInt32BE(4) % portPairs);
    return {
        name,
        checkout,
        stateDir: join(stateHome(), "istio-tracing", name),
        nodeAddress: `10.200.${1 + (hash.readUInt32BE(8) % 254)}.1`,
        apiPort,
        jaegerPort: apiPort + 1,
    };
}

/** As in the XDG specification, only an absolute path counts. */
function stateHome(): string {
    const fromEnvironment = process.env["XDG_STATE_HOME"] ?? "";
    return fromEnvironment.startsWith("/") ? fromEnvironment : join(homedir(), ".local", "state");
}
