import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import * as callback from "@pulumi/pulumi/proto/callback_pb";
import * as proto from "@pulumi/pulumi/proto/resource_pb";

/** Calls the program's transforms, which can change its registrations. */
export class Transforms {
    private readonly clients = new Map<string, CallbacksClient>();
    private readonly ofStack: callback.Callback[] = [];
    private readonly own = new Map<string, callback.Callback[]>();
    private readonly parents = new Map<string, string>();

    addToStack(given: callback.Callback): void {
        this.ofStack.push(given);
    }

    /** Records a resource whose transforms also apply to its children. */
    keep(urn: string, request: proto.RegisterResourceRequest): void {
        this.own.set(urn, request.getTransformsList());
        this.parents.set(urn, request.getParent());
    }

    /** Applies a request's own transforms, then those of its parents, then those of the stack. */
    async apply(request: proto.RegisterResourceRequest): Promise<void> {
        const all = [...request.getTransformsList()];
        for (let urn = request.getParent(); urn !== ""; urn = this.parents.get(urn) ?? "")
            all.push(...(this.own.get(urn) ?? []));
        // As in the CLI, the dependencies of each input are unknown after its own transforms.
        if (request.getTransformsList().length > 0) request.clearPropertydependenciesMap();
        for (const given of [...all, ...this.ofStack]) await this.call(given, request);
    }

    private async call(given: callback.Callback, request: proto.RegisterResourceRequest): Promise<void> {
        const question = new proto.TransformRequest()
            .setType(request.getType())
            .setName(request.getName())
            .setCustom(request.getCustom())
            .setParent(request.getParent())
            .setProperties(request.getObject())
            .setOptions(optionsOf(request));
        const target = given.getTarget();
        const client = this.clients.get(target) ?? new CallbacksClient(target, grpc.credentials.createInsecure());
        this.clients.set(target, client);
        const invocation = new callback.CallbackInvokeRequest()
            .setToken(given.getToken())
            .setRequest(question.serializeBinary());
        const invoke = promisify<callback.CallbackInvokeRequest, callback.CallbackInvokeResponse>((asked, done) => {
            client.invoke(asked, (error, answer) => {
                done(error, answer);
            });
        });
        const answer = proto.TransformResponse.deserializeBinary((await invoke(invocation)).getResponse_asU8());
        if (answer.hasProperties()) request.setObject(answer.getProperties());
        const options = answer.getOptions();
        if (options !== undefined) take(options, request);
    }

    close(): void {
        for (const client of this.clients.values()) client.close();
    }
}

function optionsOf(request: proto.RegisterResourceRequest): proto.TransformResourceOptions {
    const options = new proto.TransformResourceOptions()
        .setDependsOnList(request.getDependenciesList())
        .setIgnoreChangesList(request.getIgnorechangesList())
        .setReplaceOnChangesList(request.getReplaceonchangesList())
        .setAliasesList(request.getAliasesList())
        .setProvider(request.getProvider())
        .setCustomTimeouts(request.getCustomtimeouts())
        .setDeletedWith(request.getDeletedwith())
        .setReplaceWithList(request.getReplaceWithList())
        .setReplacementTrigger(request.getReplacementTrigger())
        .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
        .setImport(request.getImportid());
    if (request.hasProtect()) options.setProtect(request.getProtect() === true);
    if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() === true);
    if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
    return options;
}

function take(options: proto.TransformResourceOptions, request: proto.RegisterResourceRequest): void {
    request
        .setDependenciesList(options.getDependsOnList())
        .setIgnorechangesList(options.getIgnoreChangesList())
        .setReplaceonchangesList(options.getReplaceOnChangesList())
        .setAliasesList(options.getAliasesList())
        .setProvider(options.getProvider())
        .setCustomtimeouts(options.getCustomTimeouts())
        .setDeletedwith(options.getDeletedWith())
        .setReplaceWithList(options.getReplaceWithList())
        .setReplacementTrigger(options.getReplacementTrigger())
        .setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList())
        .setImportid(options.getImport());
    if (options.hasProtect()) request.setProtect(options.getProtect() === true);
    if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() === true);
    if (options.hasDeleteBeforeReplace())
        request.setDeletebeforereplacedefined(true).setDeletebeforereplace(options.getDeleteBeforeReplace() === true);
}
