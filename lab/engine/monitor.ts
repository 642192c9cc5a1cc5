import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { stackType, type Deployment } from "./deployment";
import { identify } from "./objects";
import type { Resource, Severity } from "./types";

const severities: Severity[] = ["debug", "info", "warning", "error"];
const refusedCalls =
    "invoke call existsResource registerStackTransform registerStackInvokeTransform registerResourceHook " +
    "registerErrorHook registerPackage startDebugging requirePulumiVersion";

/** Seconds of a duration such as `1m30s`. */
function seconds(text: string): number | undefined {
    const [, hours = 0, minutes = 0, rest = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(text) ?? [];
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest) || undefined;
}

/**
 * Serves `ResourceMonitor` and `Engine` on a loopback port, as the CLI does for the program.
 *
 * @param finished The program came to its end: what is left to do is done before the answer.
 */
export async function serveMonitor(deployment: Deployment, registered: () => void, finished: () => Promise<void>) {
    const { stack, project } = deployment.file.state;
    let root = "";
    const refuse = (what: string): Error => deployment.refuse(`The lab's engine does not serve ${what.trim()}.`);
    const unary = <Q, R>(serve: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> => {
        return (call, answer) => {
            (async () => serve(call.request))().then(
                (response) => {
                    answer(null, response);
                },
                (error: unknown) => {
                    // "Unavailable" is how the CLI ends a program after a failure: the SDK then says nothing more.
                    deployment.refuse((error as Error).message);
                    answer({ code: grpc.status.UNAVAILABLE, details: "Resource monitor is terminating" });
                },
            );
        };
    };
    const urnOf = (type: string, name: string, parent: string): string => {
        const above = parent.split("::")[2] ?? "";
        const chain = above === "" || above === stackType ? type : `${above}$${type}`;
        return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
    };
    const register = async (request: proto.RegisterResourceRequest): Promise<proto.RegisterResourceResponse> => {
        registered();
        const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
        // The SDK itself names former types of many kinds, and the data of Secrets: that changes nothing here.
        const renamed = request.getAliasesList().some((alias) => !alias.getSpec()?.getType());
        const hidden = request.getAdditionalsecretoutputsList().filter((key) => !["data", "stringData"].includes(key));
        const refused = {
            "remote components": request.getRemote(),
            import: request.getImportid(),
            transforms: request.getTransformsList().length,
            "state migrations": request.getStateMigrationsList().length,
            replaceWith: request.getReplaceWithList().length,
            replacementTrigger: request.getReplacementTrigger(),
            "resource hooks": request.getHooks(),
            envVarMappings: request.getEnvvarmappingsMap().getLength(),
            "parameterized packages": request.getPackageref(),
            "a provider of its own": request.getProvider(),
            aliases: renamed,
            additionalSecretOutputs: hidden.length,
            deleteBeforeReplace: request.getDeletebeforereplacedefined(),
            deletedWith: request.getDeletedwith(),
            ignoreChanges: request.getIgnorechangesList().length,
            replaceOnChanges: request.getReplaceonchangesList().length,
        };
        const used = Object.entries(refused).find(([, value]) => Boolean(value));
        if (used !== undefined) throw refuse(`${used[0]} (${type} ${name})`);
        const above = deployment.registered.get(parent);
        const limits = request.getCustomtimeouts()?.toObject();
        const limit = (key: "create" | "update" | "pb_delete"): number | undefined => seconds(limits?.[key] ?? "");
        const next: Resource = {
            ...{ urn: urnOf(type, name, parent), type, name, parent: parent || undefined },
            custom: request.getCustom(),
            inputs: request.getObject()?.toJavaScript() ?? {},
            outputs: {},
            dependencies: request.getDependenciesList(),
            protect: request.hasProtect() ? request.getProtect() : above?.protect,
            retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : above?.retainOnDelete,
            timeouts: { create: limit("create"), update: limit("update"), delete: limit("pb_delete") },
        };
        await deployment.register(next);
        const response = new proto.RegisterResourceResponse().setUrn(next.urn).setId(next.id ?? "");
        return response.setObject(Struct.fromJavaScript(next.outputs as Record<string, JavaScriptValue>));
    };
    const features = Object.values(proto.ResourceMonitorFeature).filter((value) => typeof value === "number");
    const refusal = (call: string) =>
        unary((request: { getTok?: () => string; getType?: () => string }): never => {
            throw refuse(`${call} ${request.getTok?.() ?? request.getType?.() ?? ""}`);
        });
    const calls = {
        ...(Object.fromEntries(
            refusedCalls.split(" ").map((call) => [call, refusal(call)]),
        ) as grpc.UntypedServiceImplementation),
        supportsFeature: unary(() => new proto.SupportsFeatureResponse().setHassupport(true)),
        getDeploymentInfo: unary(() => new proto.DeploymentInfo().setSupportedfeaturesList(features)),
        registerResource: unary(register),
        readResource: unary(async (request: proto.ReadResourceRequest) => {
            const [type, name, parent, id] = [
                request.getType(),
                request.getName(),
                request.getParent(),
                request.getId(),
            ];
            const urn = urnOf(type, name, parent);
            const found: Resource = { urn, type, name, custom: true, id, ...identify(type, id), dependencies: [] };
            await deployment.read(found);
            const properties = Struct.fromJavaScript(found.outputs as Record<string, JavaScriptValue>);
            return new proto.ReadResourceResponse().setUrn(urn).setProperties(properties);
        }),
        registerResourceOutputs: unary((request: proto.RegisterResourceOutputsRequest) => {
            const component = deployment.registered.get(request.getUrn());
            if (component) component.outputs = request.getOutputs()?.toJavaScript() ?? {};
            return new Empty();
        }),
        signalAndWaitForShutdown: unary(async () => {
            await finished();
            return new Empty();
        }),
        log: unary((request: engine.LogRequest) => {
            const severity = severities[request.getSeverity()] ?? "info";
            if (severity === "debug" || request.getEphemeral() || deployment.halted) return new Empty();
            deployment.log(severity, request.getMessage(), request.getUrn());
            if (severity === "error") deployment.failed ??= deployment.clean(request.getMessage());
            return new Empty();
        }),
        getRootResource: unary(() => new engine.GetRootResourceResponse().setUrn(root)),
        setRootResource: unary((request: engine.SetRootResourceRequest) => {
            root = request.getUrn();
            return new engine.SetRootResourceResponse();
        }),
    };
    const server = new grpc.Server({ "grpc.max_receive_message_length": 400 * 1024 * 1024 });
    for (const service of [ResourceMonitorService, EngineService]) {
        server.addService(service, calls);
    }
    const bind = promisify(server.bindAsync.bind(server));
    const port = await bind("127.0.0.1:0", grpc.ServerCredentials.createInsecure());
    return { address: `127.0.0.1:${port}`, server };
}
