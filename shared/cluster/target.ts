// Of the whole package, lazy.cjs could not leave out a class for every kind of object.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { existsSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { callerPath } from "../terminal/callerPath";
import { firstLine } from "../terminal/errors";

/** Options that select a cluster. */
export interface TargetOptions {
    /**
     * Kubeconfig file, or its content.
     * @default the files of KUBECONFIG, otherwise ~/.kube/config, otherwise a pod's service account
     */
    kubeconfig?: string;
    /** @default the kubeconfig's current context */
    context?: string;
}

/** A cluster and the user for requests to it. */
export interface Target {
    config: KubeConfig;
    context: string;
    /** URL of the API server. */
    server: string;
    /** Name of the kubeconfig's user entry. */
    user: string;
}

/** Why a command cannot run on a cluster. Has the fields of a finding, so that reports show it as one. */
export interface TargetProblem {
    /** Stable identifier, such as `context-known`. */
    id: string;
    severity: "error";
    /** The kubeconfig, or the affected part of it. */
    resource: string;
    expected: string;
    got: string;
    /** How to fix it. */
    cure: string;
}

/** Thrown if a command cannot run on a cluster at all. */
export class CannotLook extends Error {
    public readonly finding: TargetProblem;

    constructor(finding: Omit<TargetProblem, "severity">) {
        super(`${finding.resource}: ${finding.got}`);
        this.finding = { ...finding, severity: "error" };
    }
}

const IN_CLUSTER_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Reads the kubeconfig and picks the context.
 *
 * @throws CannotLook if there is no usable one. The error shows what was found instead.
 */
export function openTarget(options: TargetOptions): Target {
    const { config, source } = loadConfig(options.kubeconfig);
    const contexts = config.getContexts().map(({ name }) => name);
    const known = contexts.length === 0 ? "it has no contexts" : `it has ${contexts.join(", ")}`;
    const context = options.context ?? config.getCurrentContext();
    if (!context) {
        throw new CannotLook({
            id: "context-known",
            resource: source,
            expected: "a current context",
            got: `none is set; ${known}`,
            cure: "Choose one with --context NAME, or with kubectl config use-context NAME",
        });
    }
    if (!contexts.includes(context)) {
        throw new CannotLook({
            id: "context-known",
            resource: source,
            expected: `a context named ${context}`,
            got: known,
            cure: "Correct --context, or kubernetes:context in the stack's configuration. List the contexts: kubectl config get-contexts",
        });
    }
    config.setCurrentContext(context);
    const cluster = config.getCurrentCluster();
    const user = config.getCurrentUser();
    if (cluster === null || user === null || !URL.canParse(cluster.server)) {
        const entry = config.getContextObject(context);
        throw new CannotLook({
            id: "kubeconfig-usable",
            resource: `${source}, context ${context}`,
            expected: "a cluster with a server URL, and a user",
            got:
                cluster === null
                    ? `no cluster named ${entry?.cluster ?? "?"}`
                    : user === null
                      ? `no user named ${entry?.user ?? "?"}`
                      : `the server ${JSON.stringify(cluster.server)}`,
            cure: "Get a new kubeconfig for this cluster from its provider or administrator.",
        });
    }
    return { config, context, server: cluster.server, user: user.name };
}

/**
 * The content of a kubeconfig that Pulumi's provider accepts as `kubernetes:kubeconfig`: the content itself, or a file
 * relative to the project's folder. The absolute path of a file that does not exist.
 */
export function kubeconfigContent(kubeconfig: string, projectFolder: string): string {
    if (kubeconfig.includes("\n") || kubeconfig.trimStart().startsWith("{")) return kubeconfig;
    const file = resolve(projectFolder, kubeconfig.replace(/^~(?=\/|$)/, homedir()));
    return existsSync(file) ? readFileSync(file, "utf8") : file;
}

function loadConfig(given: string | undefined): { config: KubeConfig; source: string } {
    if (given !== undefined && (given.includes("\n") || given.trimStart().startsWith("{")))
        return { config: parse(given, "the given kubeconfig"), source: "the given kubeconfig" };
    const { files, origin } = candidateFiles(given);
    const present = files.filter((file) => existsSync(file));
    const source = present.join(" and ");
    if (present.length > 0) return { config: mergeFirstWins(present.map(parseFile)), source };
    if (given === undefined && existsSync(IN_CLUSTER_TOKEN)) {
        const config = new KubeConfig();
        config.loadFromCluster();
        return { config, source: "the pod's service account" };
    }
    throw new CannotLook({
        id: "kubeconfig-usable",
        resource: "kubeconfig",
        expected: "a kubeconfig that names the cluster",
        got: `no file ${files.join(", ")} (${origin})`,
        cure:
            "Name one with --kubeconfig FILE or KUBECONFIG. If you have no cluster, npm run demo starts one on this machine " +
            "(Linux, root).",
    });
}

function candidateFiles(given: string | undefined): { files: string[]; origin: string } {
    if (given !== undefined) return { files: [given], origin: "--kubeconfig" };
    const listed = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
    if (listed.length > 0) return { files: listed.map((file) => callerPath(file)), origin: "KUBECONFIG" };
    return { files: [join(homedir(), ".kube", "config")], origin: "KUBECONFIG is not set" };
}

function parseFile(file: string): KubeConfig {
    if (statSync(file).isDirectory()) throw damaged(file, "a folder");
    let content: string;
    try {
        content = readFileSync(file, "utf8");
    } catch (error) {
        throw damaged(file, `an unreadable file (${(error as NodeJS.ErrnoException).code ?? "unknown"})`);
    }
    const config = parse(content, file);
    config.makePathsAbsolute(join(file, ".."));
    return config;
}

function parse(content: string, source: string): KubeConfig {
    if (content.trim() === "") throw damaged(source, "an empty file");
    const config = new KubeConfig();
    try {
        config.loadFromString(content);
    } catch (error) {
        throw damaged(source, `unusable content: ${firstLine(error as Error)}`);
    }
    return config;
}

function damaged(source: string, got: string): CannotLook {
    return new CannotLook({
        id: "kubeconfig-usable",
        resource: source,
        expected: "a kubeconfig with clusters, users and contexts",
        got,
        cure: "Correct or replace it. To see how kubectl reads it: kubectl config view",
    });
}

/** Merges the files of KUBECONFIG as kubectl does: the first definition of a name wins. */
function mergeFirstWins(configs: KubeConfig[]): KubeConfig {
    const merged = new KubeConfig();
    const first = <T extends { name: string }>(lists: (T[] | undefined)[]): T[] => {
        const all = lists.flatMap((list) => list ?? []);
        return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
    };
    merged.loadFromOptions({
        clusters: first(configs.map(({ clusters }) => clusters)),
        users: first(configs.map(({ users }) => users)),
        contexts: first(configs.map(({ contexts }) => contexts)),
        currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean),
    });
    return merged;
}
