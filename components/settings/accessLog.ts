import { fillsNoB3, hasB3Alone, LOGGED_TRACE_ID } from "../../checks/telemetry/accessLog";
import { editDistance } from "../../shared/values/nearest";
import { at, listAt, textAt, type PlainObject } from "../../shared/values/plainObjects";
import { knowsSpanId, missingFields, readJsonFormat, renderTraceFields } from "../render/accessLog";
import { valueProblem } from "./chartValueProblem";
import { LOG_OPERATORS } from "./logOperators";
import { showSetting, type SettingsProblem } from "./problems";

const FILE = "meshConfig.accessLogFile";
const ENCODING = "meshConfig.accessLogEncoding";
const FORMAT = "meshConfig.accessLogFormat";

/** The fields by which the user's access log takes the place of the program's. */
export const ACCESS_LOG = [FILE, ENCODING, FORMAT];

/** The container's file system is read-only: of any other file Envoy rejects every listener. */
const FILES = ["", "/dev/stdout", "/dev/stderr"];
const ENCODINGS = ["TEXT", "JSON"];

/** An operator of Envoy's format strings, or a percent sign: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage */
const OPERATOR = /%(?:%|([A-Z0-9_]+)(?:\(.*?\))?(?::\d+)?%)/g;

/** What is wrong with the user's access log. */
export function findAccessLogProblems(mesh: PlainObject, owned: PlainObject): SettingsProblem[] {
    return [
        ...choiceProblems(FILE, mesh["accessLogFile"], FILES, 'set "" to turn off the log'),
        ...choiceProblems(ENCODING, mesh["accessLogEncoding"], ENCODINGS, "set one of the two"),
        ...(mesh["accessLogFormat"] === undefined ? [] : formatProblems(mesh, owned)),
        ...providerLogProblems(mesh, owned),
    ];
}

/** The same of the formats that providers of the user's have, which proxies read as they read the mesh's own. */
function providerLogProblems(mesh: PlainObject, owned: PlainObject): SettingsProblem[] {
    const istioVersion = textAt(owned, "global", "tag") ?? "";
    const providers = mesh["extensionProviders"];
    if (!Array.isArray(providers)) return [];
    return providers.flatMap((provider: unknown, index) =>
        ["envoyFileAccessLog", "envoyOtelAls"].flatMap((kind) => {
            const format = at(provider, kind, "logFormat");
            if (format === undefined) return [];
            const texts = textsIn(format);
            const fault = texts.map((text) => operatorFault(text, istioVersion)).find((found) => found !== undefined);
            const isBlind = hasB3Alone(texts.join("\n")) && fillsNoB3(bothProviders(mesh, owned));
            const words = fault ?? (isBlind ? BLIND : undefined);
            const path = `meshConfig.extensionProviders[${String(index)}].${kind}.logFormat`;
            return words === undefined ? [] : [valueProblem(path, ...words)];
        }),
    );
}

function textsIn(value: unknown): string[] {
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function choiceProblems(path: string, value: unknown, choices: string[], next: string): SettingsProblem[] {
    if (value === undefined || choices.some((choice) => choice === value)) return [];
    return [
        valueProblem(path, `one of ${choices.map((choice) => `"${choice}"`).join(", ")}`, showSetting(value), next),
    ];
}

function formatProblems(mesh: PlainObject, owned: PlainObject): SettingsProblem[] {
    const format = mesh["accessLogFormat"];
    const istioVersion = textAt(owned, "global", "tag") ?? "";
    const refused = (expected: string, got: string, next: string): SettingsProblem[] => [
        valueProblem(FORMAT, expected, got, next),
    ];
    if (typeof format !== "string") {
        const next = 'write it as text; fields of a JSON log too, in quotes: \'{"status":"%RESPONSE_CODE%"}\'';
        return refused("a format string of Envoy's as text", showSetting(format), next);
    }
    const fault = operatorFault(format, istioVersion);
    if (fault !== undefined) return refused(...fault);
    return mesh["accessLogEncoding"] === "JSON"
        ? jsonProblems(format, istioVersion, owned).flatMap((words) => refused(...words))
        : hasB3Alone(format) && fillsNoB3(bothProviders(mesh, owned))
          ? refused(...BLIND)
          : [];
}

type Words = [expected: string, got: string, next: string];

const BLIND: Words = [LOGGED_TRACE_ID.expected, LOGGED_TRACE_ID.got, LOGGED_TRACE_ID.cure];

/** Envoy rejects every listener for an operator that it cannot read, and sidecars keep their former configuration. */
function operatorFault(format: string, istioVersion: string): Words | undefined {
    const operators = [...format.matchAll(OPERATOR)].flatMap(([, name]) => name ?? []);
    const [left] = /%.{0,30}/.exec(format.replaceAll(OPERATOR, "")) ?? [];
    if (left !== undefined) {
        const expected = "operators between two percent signs, such as %RESPONSE_CODE%, and %% for a percent sign";
        return [expected, showSetting(left), "correct it: sidecars reject a configuration with this format"];
    }
    if (operators.includes("SPAN_ID") && !knowsSpanId(istioVersion)) {
        return [
            `operators of Istio ${istioVersion}`,
            "%SPAN_ID%",
            "remove it, or set istio.version to 1.30.0 or newer",
        ];
    }
    const unknown = operators.find((name) => !LOG_OPERATORS.includes(name));
    const meant = unknown && LOG_OPERATORS.find((name) => editDistance(name, unknown) === 1);
    if (unknown === undefined || meant === undefined) return undefined;
    return ["operators that Envoy knows", `%${unknown}%`, `did you mean %${meant}%?`];
}

function jsonProblems(format: string, istioVersion: string, owned: PlainObject): Words[] {
    const fields = readJsonFormat(format);
    if (fields === undefined) {
        const expected = "an object of fields as JSON text, because accessLogEncoding is JSON";
        return [[expected, showSetting(format), 'write it like {"status":"%RESPONSE_CODE%"}']];
    }
    const isZipkin = listAt(owned, "meshConfig", "extensionProviders").some(({ zipkin }) => zipkin !== undefined);
    const ours = renderTraceFields(istioVersion, isZipkin ? "zipkin" : "otlp-grpc");
    const missing = missingFields(fields, ours);
    return Object.entries(missing)
        .filter(([name]) => Object.hasOwn(fields, name))
        .map(([name, operator]) => [
            `${operator} in the field ${name}, which links the line to its trace`,
            showSetting(fields[name]),
            `write it there, or give your field another name: the program then adds ${name}`,
        ]);
}

function bothProviders(mesh: PlainObject, owned: PlainObject): Parameters<typeof fillsNoB3>[0] {
    const extensionProviders = [owned["meshConfig"], mesh].flatMap((one) => listAt(one, "extensionProviders"));
    return { resource: FORMAT, rootNamespace: "", config: { extensionProviders } };
}
