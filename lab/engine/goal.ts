import type * as aliasProto from "@pulumi/pulumi/proto/alias_pb";
import type * as proto from "@pulumi/pulumi/proto/resource_pb";
import type { Alias, Goal, Resource } from "./types";
import { urnOf, type Place } from "./urns";

/** Seconds of a duration such as `1m30s`. */
function seconds(text: string): number | undefined {
    const [, hours = 0, minutes = 0, rest = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(text) ?? [];
    return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest) || undefined;
}

/** A requested feature that the engine does not support; undefined if it supports all of them. */
export function refusedOption(request: proto.RegisterResourceRequest): string | undefined {
    const refused = {
        "remote components": request.getRemote(),
        "state migrations": request.getStateMigrationsList().length,
        "resource hooks": request.getHooks(),
        envVarMappings: request.getEnvvarmappingsMap().getLength(),
        "parameterized packages": request.getPackageref(),
    };
    return Object.entries(refused).find(([, value]) => Boolean(value))?.[0];
}

function aliasOf(alias: aliasProto.Alias): Alias {
    if (alias.getUrn() !== "") return { urn: alias.getUrn() };
    const spec = alias.getSpec()?.toObject();
    return {
        name: spec?.name || undefined,
        type: spec?.type || undefined,
        stack: spec?.stack || undefined,
        project: spec?.project || undefined,
        parent: spec?.parenturn || undefined,
        noParent: spec?.noparent,
    };
}

/**
 * The goal state of a registration.
 *
 * @param above The parent, from which protection and other options are inherited.
 */
export function goalOf(request: proto.RegisterResourceRequest, place: Place, above: Resource | undefined): Goal {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent() || undefined];
    const limits = request.getCustomtimeouts()?.toObject();
    const limit = (key: "create" | "update" | "pb_delete"): number | undefined => seconds(limits?.[key] ?? "");
    const properties = [...request.getPropertydependenciesMap().entries()] as [
        string,
        proto.RegisterResourceRequest.PropertyDependencies,
    ][];
    const list = (values: string[]): string[] | undefined => (values.length === 0 ? undefined : values);
    const resource: Resource = {
        ...{ urn: urnOf(place, type, name, parent), type, name, parent },
        custom: request.getCustom(),
        inputs: request.getObject()?.toJavaScript() ?? {},
        outputs: {},
        dependencies: request.getDependenciesList(),
        propertyDependencies: Object.fromEntries(properties.map(([key, value]) => [key, value.getUrnsList()])),
        protect: request.hasProtect() ? request.getProtect() : above?.protect,
        retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : above?.retainOnDelete,
        timeouts: { create: limit("create"), update: limit("update"), delete: limit("pb_delete") },
        provider: (request.getCustom() && (request.getProvider() || above?.provider)) || undefined,
        deletedWith: request.getDeletedwith() || above?.deletedWith,
        replaceWith: list(request.getReplaceWithList()),
        replacementTrigger: request.getReplacementTrigger()?.toJavaScript() ?? undefined,
        additionalSecretOutputs: list(request.getAdditionalsecretoutputsList()),
        ignoreChanges: list(request.getIgnorechangesList()),
        replaceOnChanges: list(request.getReplaceonchangesList()),
        importId: request.getImportid() || undefined,
    };
    if (type.startsWith("pulumi:providers:") && request.getVersion() !== "")
        resource.inputs["version"] ??= request.getVersion();
    const decided = request.getDeletebeforereplacedefined();
    return {
        resource,
        aliases: request.getAliasesList().map(aliasOf),
        deleteBeforeReplace: decided ? request.getDeletebeforereplace() : undefined,
    };
}
