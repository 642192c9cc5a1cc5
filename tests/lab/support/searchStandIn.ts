import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Cluster } from "../../../lab/cluster";
import { inLab, killServer, listens, writeCertificate } from "./labServer";

const PORT = 19201;
const SCRIPT = join(dirname(__dirname), "storage", "searchServer.mjs");

/** A stand-in for Elasticsearch that takes whatever is written, beside the node. */
export interface SearchStandIn {
    /** The value of `jaeger.storage`. */
    storage: object;
    stop: () => Promise<void>;
}

/** Starts it in the lab's network. */
export async function startSearchStandIn(lab: Cluster): Promise<SearchStandIn> {
    const folder = mkdtempSync(join(tmpdir(), "search-"));
    const address = lab.identity.nodeAddress;
    const tls = writeCertificate(folder, "search.example.com");
    const files = ["cert.pem", "key.pem"].map((file) => join(folder, file));
    const command = [process.execPath, SCRIPT, address, String(PORT), ...files, "You Know, for Search"];
    const server = inLab(lab, command, "ignore");
    await listens(lab, address, PORT, 30);
    return {
        storage: { type: "elasticsearch", serverUrls: [`https://${address}:${String(PORT)}`], indexPrefix: "lab", tls },
        stop: async () => {
            await killServer(server);
            rmSync(folder, { recursive: true, force: true });
        },
    };
}
