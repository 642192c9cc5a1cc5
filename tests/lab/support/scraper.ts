import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Cluster } from "../../../lab/cluster";
import { findHolder } from "../../../lab/cluster/holder";
import { ensureScraper } from "../../../lab/images/scraper";
import { listAt, textAt, type PlainObject } from "../../../shared/values/plainObjects";
import { kubectl } from "./sharedLab";

/** A port of the lab's network that nothing else uses. */
const PORT = "18428";

/** A scraper in the lab's network. */
export interface RunningScraper {
    /** Addresses that it reads now, each with its job before it, sorted. */
    targets: () => string[];
    stop: () => Promise<void>;
}

/**
 * Starts a scraper with a configuration of Prometheus, whose `kubernetes_sd_configs` it resolves itself.
 *
 * @param account NAMESPACE/NAME of the ServiceAccount with whose rights it looks for targets.
 */
export async function startScraper(lab: Cluster, config: PlainObject, account: string): Promise<RunningScraper> {
    const folder = mkdtempSync(join(tmpdir(), "scraper-"));
    const file = join(folder, "prometheus.yml");
    writeFileSync(file, JSON.stringify(withApiServer(lab, config, account, folder)));
    const { program, env } = await ensureScraper(() => undefined);
    const enter = ["--target", String(findHolder(lab.identity.name)?.process.pid), "--net", "--"];
    const flags = {
        "promscrape.config": file,
        "promscrape.kubernetesSDCheckInterval": "5s",
        httpListenAddr: `127.0.0.1:${PORT}`,
        storageDataPath: join(folder, "data"),
    };
    const args = Object.entries(flags).map(([name, value]) => `-${name}=${value}`);
    const child = spawn("nsenter", [...enter, program, ...args], {
        env: { ...process.env, ...env },
        stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    const script = `fetch(process.argv[1]).then((answer) => answer.text()).then(console.log, (error) => console.log("{}"))`;
    const url = `http://127.0.0.1:${PORT}/api/v1/targets?state=active`;
    return {
        targets: () => {
            assert.equal(child.exitCode, null, log);
            const asked = spawnSync("nsenter", [...enter, process.execPath, "-e", script, url], { encoding: "utf8" });
            const answer: unknown = JSON.parse(asked.stdout);
            return listAt(answer, "data", "activeTargets")
                .filter(({ health }) => health === "up")
                .map(({ labels }) => `${textAt(labels, "job") ?? ""} ${textAt(labels, "instance") ?? ""}`)
                .sort();
        },
        stop: async () => {
            const ended = once(child, "exit");
            child.kill();
            await ended;
            rmSync(folder, { recursive: true });
        },
    };
}

/** The configuration for a scraper outside of a pod: where the API server is, and who asks it. */
function withApiServer(lab: Cluster, config: PlainObject, account: string, folder: string): PlainObject {
    const kubeconfig: unknown = parse(readFileSync(lab.kubeconfig, "utf8"));
    const [cluster] = listAt(kubeconfig, "clusters");
    const authority = join(folder, "ca.crt");
    writeFileSync(authority, Buffer.from(textAt(cluster, "cluster", "certificate-authority-data") ?? "", "base64"));
    const [namespace = "", name = ""] = account.split("/");
    const token = kubectl(lab, "create", "token", name, "-n", namespace).trim();
    // The address in the kubeconfig is for the host.
    const address = kubectl(lab, "get", "service", "kubernetes", "-n", "default", "-o", "jsonpath={.spec.clusterIP}");
    const server = {
        api_server: `https://${address}:443`,
        tls_config: { ca_file: authority },
        authorization: { credentials: token },
    };
    const jobs = listAt(config, "scrape_configs").map((job) => {
        const found = listAt(job, "kubernetes_sd_configs").map((one) => ({ ...one, ...server }));
        return found.length === 0 ? job : { ...job, kubernetes_sd_configs: found };
    });
    // It evaluates no rules, and refuses to be told how often.
    return { global: { scrape_interval: "5s" }, scrape_configs: jobs };
}
