import { withChart } from "../../shared/helm/chart";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { compare } from "./diff";
import { uniqueName } from "./objects";
import type { Connection, Settings } from "./explicitProvider";
import { PartialError, type EngineOptions, type Provider, type Resource, type Run } from "./types";
import { at, hasUnknown, markSecrets, merge, reveal, textAt, UNKNOWN, type Values } from "./values";

const execute = promisify(execFile);

const off =
    "allowNullValues atomic cleanupOnFail createNamespace dependencyUpdate devel disableCRDHooks disableOpenapiValidation " +
    "disableWebhooks forceUpdate lint recreatePods renderSubchartNotes replace resetValues reuseValues skipAwait skipCrds " +
    "verify waitForJobs";
/** The provider's defaults. For unsupported inputs, only these values are accepted. */
const defaults: Values = Object.fromEntries(off.split(" ").map((key) => [key, false]));
Object.assign(defaults, { description: "", keyring: "", postrender: "" });
const served = "atomic chart maxHistory name namespace repositoryOpts skipAwait timeout values version".split(" ");

/** A helm command that failed. */
class HelmError extends Error {
    /** True if there is no such release, which only helm's message shows. */
    public readonly notFound: boolean;

    constructor(command: string, said: string) {
        super(`helm ${command}: ${said}`);
        this.notFound = said.includes("release: not found");
    }
}

const isNotFound = (error: unknown): boolean => error instanceof HelmError && error.notFound;

/** `kubernetes:helm.sh/v3:Release`, with the helm binary. */
export function helmProvider(
    { helm, projectDir, environment }: EngineOptions,
    settings: Settings,
    { kubeconfig = "", context }: Connection,
): Provider {
    const run = async (args: string[], inputs: Values, signal?: AbortSignal): Promise<string> => {
        const all = [...args, "--namespace", textAt(inputs, "namespace"), "--kubeconfig", kubeconfig];
        if (context !== undefined) all.push("--kube-context", context);
        return runAlone(all, undefined, signal);
    };
    const runAlone = async (args: string[], input?: string, signal?: AbortSignal): Promise<string> => {
        const options = { cwd: projectDir, env: { ...process.env, ...environment }, maxBuffer: 2 ** 28 };
        const work = execute(helm, args, options);
        work.child.stdin?.on("error", () => undefined).end(input);
        const interrupt = (): void => void work.child.kill("SIGINT");
        signal?.addEventListener("abort", interrupt);
        try {
            return (await work).stdout;
        } catch (error) {
            throw new HelmError(args[0] ?? "", textAt(error, "stderr").trim() || (error as Error).message);
        } finally {
            signal?.removeEventListener("abort", interrupt);
        }
    };
    /** The chart's own version, as the provider reads it; without a cluster the exact one that the program names. */
    const versionOf = async (inputs: Values): Promise<string> => {
        const chart = textAt(inputs, "chart");
        const file = join(resolve(projectDir, chart), "Chart.yaml");
        if (existsSync(file)) return textAt(parse(readFileSync(file, "utf8")), "version");
        if (/^[./]/.test(chart)) throw new Error(`chart: path "${chart}" not found; check the chart name.`);
        if (!/^v?\d+\.\d+\.\d+/.test(textAt(inputs, "version")))
            throw new Error(`The lab's engine does not serve the chart ${chart} without an exact version.`);
        if (kubeconfig === "") return textAt(inputs, "version");
        try {
            const shown = await withChart(inputs, runAlone, (args) => runAlone(["show", "chart", ...args]));
            return textAt(parse(shown), "version");
        } catch (error) {
            const reason = (error as Error).message.replace(/^helm \S+: (Error: )?/, "");
            throw new Error(`chart: ${reason}; check the chart name and repository configuration.`, { cause: error });
        }
    };
    /** The live release; undefined if there is none. */
    const find = async ({ inputs }: Resource) => {
        const ask = async (what: string[]): Promise<Values> =>
            JSON.parse(await run([...what, textAt(inputs, "name"), "--output", "json"], inputs)) as Values;
        try {
            const [metadata, release] = await Promise.all([ask(["get", "metadata"]), ask(["status"])]);
            const { appVersion = "", chart, name, namespace, revision, status, version } = metadata;
            const shown = { appVersion, chart, name, namespace, revision, status, version };
            return { config: release["config"], outputs: { status: shown } };
        } catch (error) {
            if (isNotFound(error)) return undefined;
            throw error;
        }
    };
    const install = async (verb: "install" | "upgrade", resource: Resource, { signal }: Run): Promise<void> => {
        const inputs = reveal(resource.inputs);
        const folder = mkdtempSync(join(tmpdir(), "release-"));
        const before = at(resource.outputs, "status", "revision");
        let error: Error | undefined;
        try {
            const values = join(folder, "values.json");
            writeFileSync(values, JSON.stringify(inputs["values"]), { mode: 0o600 });
            const args = ["--values", values];
            if (inputs["skipAwait"] !== true) args.push("--wait");
            if (inputs["atomic"] === true) args.push("--atomic");
            if (verb === "upgrade") args.push("--history-max", String(Number(inputs["maxHistory"] ?? 0)));
            const limit = verb === "install" ? resource.timeouts?.create : resource.timeouts?.update;
            args.push("--timeout", `${limit ?? (Number(inputs["timeout"]) || 300)}s`);
            const folderOf = resolve(projectDir, textAt(inputs, "chart"));
            const from = existsSync(folderOf) ? { chart: folderOf } : inputs;
            await withChart(from, runAlone, (chart) =>
                run([verb, textAt(inputs, "name"), ...chart, ...args], inputs, signal),
            );
        } catch (thrown) {
            error = thrown as Error;
        }
        rmSync(folder, { recursive: true, force: true });
        const found = await find(resource);
        const { revision = before, status = "" } = found?.outputs.status ?? {};
        if (error !== undefined && (revision === before || /^pending/.test(String(status)))) throw error;
        resource.id = `${textAt(inputs, "namespace")}/${textAt(inputs, "name")}`;
        resource.outputs = { ...resource.inputs, ...found?.outputs };
        if (error !== undefined) throw new PartialError(error.message);
    };
    return {
        check: async (resource, old) => {
            const given = reveal({ ...resource.inputs });
            Reflect.deleteProperty(given, "compat");
            const bad = Object.keys(given).find((key) => !served.includes(key) && given[key] !== defaults[key]);
            if (bad !== undefined) throw new Error(`The lab's engine does not serve the input ${bad} of a Release.`);
            const timeout = given["skipAwait"] === true ? 0 : 300;
            const inputs: Values = {
                ...defaults,
                timeout,
                values: {},
                namespace: settings.namespace ?? "default",
                ...given,
            };
            inputs["name"] ??= textAt(old?.inputs, "name") || uniqueName(resource.name);
            if (!hasUnknown(given)) inputs["version"] = await versionOf(inputs);
            return markSecrets(inputs, resource.inputs);
        },
        diff: (old, next) => compare(reveal(old.inputs), reveal(next.inputs), ["name", "namespace"]),
        foresee: (next) => ({ ...next.inputs, status: UNKNOWN }),
        create: (resource, run) => install("install", resource, run),
        update: (next, _old, run) => install("upgrade", next, run),
        delete: async (resource, { signal }) => {
            const inputs = reveal(resource.inputs);
            const limit = `${resource.timeouts?.delete ?? (Number(inputs["timeout"]) || 300)}s`;
            const wait = inputs["atomic"] === true || inputs["skipAwait"] !== true;
            const args = ["uninstall", textAt(inputs, "name"), ...(wait ? ["--wait", "--timeout", limit] : [])];
            await run(args, inputs, signal).catch(async (error: unknown) => {
                if (isNotFound(error) || (await find(resource)) !== undefined) throw error;
            });
        },
        read: async (resource) => {
            const found = await find(resource);
            if (found === undefined) return false;
            const inputs = reveal(resource.inputs);
            const values = merge(inputs["values"], found.config ?? {});
            const { version } = found.outputs.status;
            resource.inputs = markSecrets({ ...inputs, values, version }, resource.inputs);
            resource.outputs = { ...resource.inputs, ...found.outputs };
            return true;
        },
        adopt: async () => {
            return Promise.reject(new Error("The lab's engine does not serve the import of a Release."));
        },
        made: async (resource) =>
            /^(deployed|failed)$/.test(textAt((await find(resource))?.outputs, "status", "status")),
    };
}
