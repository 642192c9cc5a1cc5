import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import type { Deployment } from "./deployment";
import { goalOf, refusedOption } from "./goal";
import { identify } from "./objects";
import type { Planner } from "./planner";
import { Transforms } from "./transforms";
import type { Resource, Severity } from "./types";
import { stackType, urnOf } from "./urns";

const severities: Severity[] = ["debug", "info", "warning", "error"];
const refusedCalls =
    "call registerStackInvokeTransform registerResourceHook " +
    "registerErrorHook registerPackage startDebugging requirePulumiVersion";

/** What the CLI's own functions say of the stack, as the last run has left it, by the function. */
function recordedStack({ resources }: Deployment["file"]["state"]): Map<string, Record<string, JavaScriptValue>> {
    const stack = resources.find(({ type }) => type === stackType)?.outputs ?? {};
    const all = resources.map(({ urn, type, outputs }) => [urn, { type, outputs }] as const);
    return new Map([
        ["pulumi:pulumi:readStackOutputs", copyOf(stack)],
        ["pulumi:pulumi:readStackResourceOutputs", copyOf(Object.fromEntries(all))],
    ]);
}

function copyOf(values: object): Record<string, JavaScriptValue> {
    return JSON.parse(JSON.stringify(values)) as Record<string, JavaScriptValue>;
}

/**
 * Serves `ResourceMonitor` and `Engine` on a loopback port, as the CLI does for the program.
 *
 * @param finished Called when the program has ended. Completes the remaining work before the answer.
 */
export async function serveMonitor(
    deployment: Deployment,
    planner: Planner,
    registered: () => void,
    finished: () => Promise<void>,
) {
    const place = deployment.file.state;
    const transforms = new Transforms();
    const recorded = recordedStack(place);
    let root = "";
    const refuse = (what: string): Error => deployment.refuse(`The lab's engine does not serve ${what.trim()}.`);
    const unary = <Q, R>(serve: (request: Q) => R | Promise<R>): grpc.handleUnaryCall<Q, R> => {
        return (call, answer) => {
            (async () => serve(call.request))().then(
                (response) => {
                    answer(null, response);
                },
                (error: unknown) => {
                    // The CLI ends a program after a failure with "Unavailable", which the SDK handles silently.
                    deployment.refuse((error as Error).message);
                    answer({ code: grpc.status.UNAVAILABLE, details: "Resource monitor is terminating" });
                },
            );
        };
    };
    const register = async (request: proto.RegisterResourceRequest): Promise<proto.RegisterResourceResponse> => {
        registered();
        const refused = refusedOption(request);
        if (refused !== undefined) throw refuse(`${refused} (${request.getType()} ${request.getName()})`);
        await transforms.apply(request);
        const goal = goalOf(request, place, deployment.registered.get(request.getParent()));
        transforms.keep(goal.resource.urn, request);
        await planner.register(goal);
        const { urn, id = "", outputs } = goal.resource;
        const response = new proto.RegisterResourceResponse().setUrn(urn).setId(id);
        return response.setObject(Struct.fromJavaScript(outputs as Record<string, JavaScriptValue>));
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
        invoke: unary((request: proto.ResourceInvokeRequest) => {
            const outputs = recorded.get(request.getTok());
            if (outputs === undefined) throw refuse(`invoke ${request.getTok()}`);
            return new proto.ResourceInvokeResponse().setReturn(Struct.fromJavaScript({ outputs }));
        }),
        registerResource: unary(register),
        registerStackTransform: unary((given: Callback) => {
            transforms.addToStack(given);
            return new Empty();
        }),
        readResource: unary(async (request: proto.ReadResourceRequest) => {
            const [type, name, id] = [request.getType(), request.getName(), request.getId()];
            const parent = request.getParent() || undefined;
            const urn = urnOf(place, type, name, parent);
            const found: Resource = {
                ...{ urn, type, name, parent, id, custom: true, external: true },
                ...{ ...identify(type, id), dependencies: request.getDependenciesList() },
                provider: request.getProvider() || undefined,
            };
            await planner.read(found);
            const properties = Struct.fromJavaScript(found.outputs as Record<string, JavaScriptValue>);
            return new proto.ReadResourceResponse().setUrn(urn).setProperties(properties);
        }),
        existsResource: unary(async (request: proto.ExistsResourceRequest) => {
            const [type, id] = [request.getType(), request.getId()];
            const urn = urnOf(place, type, `__exists__${id}`, request.getParent() || undefined);
            const asked: Resource = {
                ...{ urn, type, name: id, id, custom: true, external: true, ...identify(type, id) },
                ...{ dependencies: [], provider: request.getProvider() || undefined },
            };
            const exists = await planner.exists(asked);
            return new proto.ExistsResourceResponse().setExists(exists === true).setUnknown(exists === undefined);
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
            if (severity === "error") deployment.fail(request.getMessage(), { kind: "program" });
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
    const close = (): void => {
        transforms.close();
        server.forceShutdown();
    };
    return { address: `127.0.0.1:${port}`, close };
}
