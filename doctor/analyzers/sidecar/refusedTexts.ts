import type { TelemetryObject } from "../../../checks/mesh/objects";
import { decidingBlock } from "../../../checks/telemetry/appliedBlocks";
import type { PodObject } from "../../../shared/kubernetes/objects";
import { at, isPlainObject, listAt, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import type { RefusedListener } from "../../evidence/envoyConfig";
import { proxyConfigOf, sourcesOf } from "../../inventory/collector";
import { configMapOf, fullName, type Mesh } from "../../inventory/mesh";
import { sourceOfField } from "../../inventory/proxyConfig";
import { escapePointer, patchCommand, type Command } from "../../remediation/commands";
import { removeField } from "../../remediation/proxyConfig";
import type { Draft } from "../draft";

/** A custom tag of the spans of a pod. */
interface AppliedTag {
    name: string;
    tag: unknown;
    /** The Telemetry that sets it; undefined for the legacy field of a proxy configuration. */
    of: { telemetry: TelemetryObject; index: number } | undefined;
}

/** Why Envoy rejects a tag. */
type TagFault = "command" | "header" | "unknown";

type Cause = Omit<Draft, "values">;

/**
 * A custom tag or an access log format whose text Envoy rejects, although neither the API server nor Istio's webhook
 * does: a format with an unknown command, or a header name with a character that none may have.
 */
export function textRefused(
    pod: PodObject,
    refused: RefusedListener,
    evidence: Pick<Evidence, "discovery" | "mesh">,
): Cause | undefined {
    const guilty = tagsOf(pod, evidence).flatMap((applied) => {
        const fault = faultOf(applied.tag, refused);
        return fault === undefined ? [] : [{ applied, fault }];
    });
    const [first] = [...guilty.filter(({ fault }) => fault !== "unknown"), ...guilty];
    if (first !== undefined) return tagCause(pod, first.applied, first.fault, evidence);
    return formatCause(evidence.mesh, refused);
}

function tagsOf(pod: PodObject, { mesh, discovery }: Pick<Evidence, "discovery" | "mesh">): AppliedTag[] {
    const blocks = (["CLIENT", "SERVER"] as const).flatMap(
        (mode) => decidingBlock(sourcesOf(pod, mesh, discovery), mode, "customTags") ?? [],
    );
    const own = blocks.flatMap(({ block, of, index }) =>
        Object.entries(block.customTags ?? {}).map(([name, tag]) => ({ name, tag, of: { telemetry: of, index } })),
    );
    if (own.length > 0) return own;
    const former = Object.entries(mapAt(proxyConfigOf(pod), "tracing", "customTags"));
    return former.map(([name, tag]) => ({ name, tag, of: undefined }));
}

function faultOf(tag: unknown, { details, names }: RefusedListener): TagFault | undefined {
    const format = textAt(tag, "formatter", "value");
    if (format !== undefined && isFormatError(format, details)) return "command";
    if (!names.includes("customtag") && !names.includes("customtags")) return undefined;
    const header = textAt(tag, "header", "name");
    if (header !== undefined && !/^[!#$%&'*+.^_`|~0-9a-z:-]+$/i.test(header)) return "header";
    return "unknown";
}

/** Envoy's message contains the unknown command, or the format that it cannot read. */
function isFormatError(format: string, details: string): boolean {
    const commands: string[] = format.match(/(?<=%)[A-Z][A-Z0-9_]*/g) ?? [];
    const words: string[] = details.match(/\w+/g) ?? [];
    return (
        commands.some((command) => words.includes(command)) || (format.trim() !== "" && details.includes(format.trim()))
    );
}

const FAULTS: Record<TagFault, string> = {
    command: "a formatter with a command that Envoy does not know or cannot read",
    header: "a header name with a character that is not allowed",
    unknown: "a value that Envoy does not accept",
};

function tagCause(
    pod: PodObject,
    { name, tag, of }: AppliedTag,
    fault: TagFault,
    { mesh }: Pick<Evidence, "mesh">,
): Cause {
    const shown = textAt(tag, "formatter", "value") ?? textAt(tag, "header", "name") ?? JSON.stringify(tag);
    const got = `the custom tag ${name} (${JSON.stringify(shown)}), ${FAULTS[fault]}`;
    const facts = { id: "custom-tag-refused", expected: "custom tags that Envoy accepts" };
    if (of !== undefined) {
        return {
            ...facts,
            resource: `Telemetry ${fullName(of.telemetry)}`,
            got,
            cure: `Correct the tag ${name}, or remove it.`,
            commands: [removeTag(of.telemetry, of.index, name)],
        };
    }
    const keys = ["tracing", "customTags", name];
    const source = sourceOfField(pod, mesh, keys) ?? "meshAtStart";
    const { place, ...removal } = removeField(pod, source, keys, { mesh, pods: [pod] });
    return { ...facts, ...removal, got: `${got}, in ${place}` };
}

function removeTag(telemetry: TelemetryObject, index: number, name: string): Command {
    const tags = telemetry.spec?.tracing?.[index]?.customTags ?? {};
    const path = `/spec/tracing/${String(index)}/customTags`;
    const only = Object.keys(tags).length === 1;
    return patchCommand("telemetry", telemetry, [
        { op: "remove", path: only ? path : `${path}/${escapePointer(name)}` },
    ]);
}

/** An access log format of the mesh, or of a provider, that contains the command in Envoy's message. */
function formatCause(mesh: Mesh, { details }: RefusedListener): Cause | undefined {
    const { config } = mesh;
    const of = (where: string, value: unknown): { where: string; text: string }[] =>
        typeof value === "string" ? [{ where, text: value }] : [];
    const formats = [
        ...of("accessLogFormat", config.accessLogFormat),
        ...listAt(config, "extensionProviders").flatMap((provider) => {
            const log = mapAt(provider, "envoyFileAccessLog", "logFormat");
            const where = `logFormat of the provider ${textAt(provider, "name") ?? ""}`;
            const labels = at(log, "labels");
            const values = isPlainObject(labels) ? Object.values(labels) : [];
            return [log["text"], ...values].flatMap((value) => of(where, value));
        }),
    ];
    const found = formats.find(({ text }) => isFormatError(text, details));
    return (
        found && {
            id: "proxy-rejects-config",
            expected: "a proxy that accepts istiod's configuration",
            resource: `ConfigMap ${configMapOf(mesh)}`,
            got: `${found.where} has a command that Envoy does not know or cannot read`,
            cure: "Correct that format in the mesh configuration, or in the source that Istio's installer uses.",
            commands: [],
        }
    );
}
