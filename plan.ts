import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { assumedObjects } from "./components/assumedMesh";
import { mustBeEncrypted } from "./components/settings/misplacedSecrets";
import { UNKNOWN_SUFFIX, type Manifest } from "./shared/kubernetes/manifest";
import { resourceManifest } from "./policy/resourceManifest";
import { PROJECT } from "./shared/names/project";

/** A resource that the program would register. */
export interface PlannedResource {
    type: string;
    name: string;
    /** Name of the parent; undefined for resources of the stack itself. */
    parent: string | undefined;
    /** Names of the resources that it waits for. */
    dependencies: string[];
    /** Inputs as the provider would receive them. */
    inputs: Record<string, unknown>;
}

/** The program's plan. */
export interface Plan {
    /** In the order of registration. */
    resources: PlannedResource[];
    outputs: Record<string, unknown>;
    /** The program's messages at a preview, which the mocks would otherwise print into the caller's output. */
    messages: string[];
}

/** ConfigMaps of others, by `namespace/name`, and what functions of the Pulumi CLI answer, by their names. */
export type ExistingObjects = ReadonlyMap<string, object>;

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const PROGRAM = join(__dirname, "index.ts");
/** Key that marks Pulumi's wrapped values. */
const WRAPPING = "4dabf18193072939515e22adb298388d";

/**
 * Runs index.ts under Pulumi's mocks: no cluster, no CLI, nothing written. Only one run at a time per process.
 *
 * @param config the stack's configuration without the project's prefix; objects as JSON. With `kubernetes:kubeconfig`,
 * what the program lists of others comes from that cluster.
 * @param resources receives resources as the program registers them, even if it fails later.
 * @param secretKeys encrypted settings in the stack's file. @default those that must be
 * @param existing what others have in the cluster. @default all that the program needs, and nothing more
 * @throws SettingsError if the configuration cannot be used.
 */
export async function planProgram(
    config: Record<string, string>,
    stack = "test",
    resources: PlannedResource[] = [],
    secretKeys: string[] = Object.keys(config).filter(mustBeEncrypted),
    existing: ExistingObjects = assumedObjects(config),
): Promise<Plan> {
    const before = resources.length;
    const restore = leaveOutStackTraces();
    try {
        return await runProgram(config, stack, resources, secretKeys, existing);
    } catch (error) {
        if (pulumi.RunError.isInstance(error)) throw error;
    } finally {
        restore();
    }
    // A bug of this project: runs again to get a stack trace.
    resources.length = before;
    return runProgram(config, stack, resources, secretKeys, existing);
}

async function runProgram(
    config: Record<string, string>,
    stack: string,
    resources: PlannedResource[],
    secretKeys: string[],
    existing: ExistingObjects,
): Promise<Plan> {
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, id, inputs }) => ({
                id: id === undefined || id === "" ? `${name}-id` : id,
                state:
                    existing.get(id ?? "") ??
                    (type.startsWith("kubernetes:") ? named(inputs as Manifest, name) : (inputs as object)),
            }),
            call: ({ token }) => existing.get(token) ?? {},
        },
        PROJECT,
        stack,
        false,
        "organization",
    );
    recordRegistrations(resources, existing);
    const messages: string[] = [];
    const restoreLog = recordMessages(messages);
    pulumi.runtime.setAllConfig(
        Object.fromEntries(
            Object.entries(config).map(([key, value]) => [key.includes(":") ? key : `${PROJECT}:${key}`, value]),
        ),
        secretKeys.map((key) => `${PROJECT}:${key}`),
    );
    let failure: Error | undefined;
    const outputs = (await pulumi.runtime.runInPulumiStack(() => {
        try {
            return Promise.resolve(loadProgram());
        } catch (error) {
            // An error from here would also end the process as an unhandled rejection.
            failure = error as Error;
            return Promise.resolve({});
        }
    })) as Plan["outputs"];
    await pulumi.runtime.disconnect();
    restoreLog();
    if (failure !== undefined) throw failure;
    return { resources, outputs, messages };
}

/** The objects of a plan as manifests: Helm Releases with their inputs below `spec`, and secrets in plain text. */
export function manifestsOf({ resources }: Pick<Plan, "resources">): Manifest[] {
    return resources.flatMap(({ type, name, inputs }) => {
        const manifest = resourceManifest(type, plain(inputs) as Record<string, unknown>);
        return manifest === undefined ? [] : [named(manifest, name)];
    });
}

/** An object with a name. Contains {@link UNKNOWN_SUFFIX} if the provider would generate it. */
function named(object: Manifest, name: string): Manifest {
    if (typeof object["metadata"] !== "object") return object;
    return { ...object, metadata: { name: `${name}${UNKNOWN_SUFFIX}`, ...object["metadata"] } };
}

/** Inputs without the wrappers of secrets and outputs. */
export function plain(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== "object" || value === null) return value;
    const fields = value as Record<string, unknown>;
    const wrapping = fields[WRAPPING];
    if (wrapping !== undefined && "value" in fields) return plain(fields["value"]);
    return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plain(field)]));
}

/** Reloads index.ts, because a module registers its resources only when it is first loaded. */
function loadProgram(): Record<string, unknown> {
    Reflect.deleteProperty(require.cache, PROGRAM);
    // oxlint-disable-next-line typescript/no-require-imports -- an import is kept for the process's life
    return require("./index") as Record<string, unknown>;
}

/**
 * Turns off Pulumi's stack traces until the returned function is called. Pulumi records one for each resource and
 * promise, which is not shown here and costs more CPU time than the rest of a plan.
 */
function leaveOutStackTraces(): () => void {
    const { stackTraceLimit } = Error;
    const traced = pulumi.Resource as unknown as { stackTrace: (skip: number) => unknown[] };
    const { stackTrace } = traced;
    Error.stackTraceLimit = 0;
    // Pulumi raises the limit for itself.
    traced.stackTrace = () => [];
    return () => {
        Error.stackTraceLimit = stackTraceLimit;
        traced.stackTrace = stackTrace;
    };
}

/** Collects the program's messages until the returned function is called. */
function recordMessages(messages: string[]): () => void {
    const { info, warn } = pulumi.log;
    const record = (message: string): Promise<void> => {
        messages.push(message);
        return Promise.resolve();
    };
    Object.assign(pulumi.log, { info: record, warn: record });
    return () => Object.assign(pulumi.log, { info, warn });
}

/** The mocks do not provide parents and dependencies, so these are read from the registrations. */
function recordRegistrations(resources: PlannedResource[], existing: ExistingObjects): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
        registerResource: (request: Registration, callback: unknown) => Promise<void>;
        existsResource: (request: Question, callback: (error: null, answer: unknown) => void) => void;
    };
    // A plan knows no cluster, so that what others must have is taken to be there.
    monitor.existsResource = (request, callback) => {
        const exists = request.getType() !== CONFIG_MAP || existing.has(request.getId());
        callback(null, { getExists: () => exists, getUnknown: () => false });
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
        const type = request.getType();
        if (type !== "pulumi:pulumi:Stack") {
            resources.push({
                type,
                name: request.getName(),
                parent: nameOf(request.getParent()),
                dependencies: request.getDependenciesList().map((urn) => nameOf(urn) ?? urn),
                inputs: request.getObject().toJavaScript(),
            });
        }
        return register(request, callback);
    };
}

interface Question {
    getType(): string;
    getId(): string;
}

interface Registration {
    getType(): string;
    getName(): string;
    getParent(): string;
    getDependenciesList(): string[];
    getObject(): { toJavaScript(): Record<string, unknown> };
}

/** `name` of `urn:pulumi:stack::project::type::name`; undefined for none and for the stack itself. */
function nameOf(urn: string): string | undefined {
    const [, , type, ...name] = urn.split("::");
    return type === undefined || type === "pulumi:pulumi:Stack" ? undefined : name.join("::");
}
