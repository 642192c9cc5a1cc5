import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../shared/terminal/errors";
import { labFamilies, networksOf, type IpFamily } from "./ipFamilies";

/** Everything by which the labs of one machine differ. */
export interface LabIdentity {
    /** `istio-tracing-` and 8 hex digits: name of the node, the context, the cgroup and the state folder. */
    name: string;
    /** Real path of the lab's checkout. */
    checkout: string;
    /** Folder of the checkout on which `up` and `down` of this lab hold a lock. */
    lockFolder: string;
    /** Folder for all files of the lab, including the kubeconfig and the logs. */
    stateDir: string;
    /** Families of its addresses, the one that Services have by default first. */
    families: IpFamily[];
    /** Addresses of the node inside the lab's own network namespace, one of each family. */
    nodeAddresses: string[];
    /** The first of them. */
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

/**
 * Names, addresses, ports and folders of a lab of a checkout, from a hash of the checkout's real path and the number.
 *
 * @param number of the lab; a checkout has one unless you ask for more. @default the environment variable LAB_NUMBER, else 1
 * @throws UserError when LAB_NUMBER is no positive integer.
 */
export function labIdentity(checkoutPath: string = dirname(__dirname), number: number = labNumber()): LabIdentity {
    const checkout = realpathSync(checkoutPath);
    const hash = createHash("sha256")
        .update(number === 1 ? checkout : `${checkout} ${number}`)
        .digest();
    const name = `istio-tracing-${hash.toString("hex").slice(0, 8)}`;
    const families = labFamilies();
    const nodeAddresses = networksOf(families).map((network) => network.nodeAddress(1 + (hash.readUInt32BE(8) % 254)));
    const apiPort = firstPort + 2 * (hash.readUInt32BE(4) % portPairs);
    return {
        name,
        checkout,
        // The further ones take turns.
        lockFolder: number === 1 ? checkout : join(checkout, "lab"),
        stateDir: join(stateHome(), "istio-tracing", name),
        ...{ families, nodeAddresses, nodeAddress: nodeAddresses[0] ?? "" },
        apiPort,
        jaegerPort: apiPort + 1,
    };
}

/** The environment variable LAB_NUMBER: which of the checkout's labs a command uses. */
export function labNumber(): number {
    const text = process.env["LAB_NUMBER"] ?? "1";
    if (/^[1-9]\d*$/.test(text)) return Number(text);
    throw new UserError(`LAB_NUMBER: expected a positive integer, got ${JSON.stringify(text)}`, 2);
}

/** As in the XDG specification, only an absolute path counts. */
function stateHome(): string {
    const fromEnvironment = process.env["XDG_STATE_HOME"] ?? "";
    return fromEnvironment.startsWith("/") ? fromEnvironment : join(homedir(), ".local", "state");
}
