import { nearest } from "../../shared/values/nearest";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { TRACING_PROVIDER } from "../render/meshConfig";
import { valueProblem } from "./chartValueProblem";
import { showSetting, type SettingsProblem } from "./problems";

/** The user's own providers are added to the program's. */
export const PROVIDERS = "meshConfig.extensionProviders";

const FORM = "a list of providers, each an object with a name and one kind, such as envoyFileAccessLog";

/**
 * What a provider may be. For one that is none of them istiod refuses the whole mesh configuration.
 *
 * Source: https://github.com/istio/istio/blob/1.31.1/pkg/config/validation/agent/extensionprovider.go
 */
const KINDS = [
    ...["envoyExtAuthzHttp", "envoyExtAuthzGrpc", "zipkin", "lightstep", "datadog", "stackdriver", "opencensus"],
    ...["skywalking", "opentelemetry", "prometheus", "envoyFileAccessLog", "envoyHttpAls", "envoyTcpAls"],
    "envoyOtelAls",
];

/** What is wrong with the providers that the user adds to the program's. */
export function findProviderProblems(mesh: PlainObject): SettingsProblem[] {
    const providers = mesh["extensionProviders"];
    if (providers === undefined) return [];
    if (!Array.isArray(providers)) return [valueProblem(PROVIDERS, FORM, showSetting(providers), "write it as a list")];
    return providers.flatMap((provider: unknown, index) => {
        const at = `${PROVIDERS}[${String(index)}]`;
        const name = nameOf(provider);
        if (!isPlainObject(provider) || typeof name !== "string" || name === "") {
            return [valueProblem(at, FORM, showSetting(provider), "give it a name")];
        }
        const badName = nameProblems(providers, index, at, name);
        return badName.length > 0 ? badName : kindProblems(provider, at);
    });
}

/** istiod finds a provider by its name, whatever the upper and lower case of that. */
function nameProblems(providers: unknown[], index: number, at: string, name: string): SettingsProblem[] {
    const same = (other: unknown): boolean => typeof other === "string" && other.toLowerCase() === name.toLowerCase();
    const first = providers.findIndex((other) => same(nameOf(other)));
    if (first < index) {
        const once = `a name other than that of the provider [${String(first)}]`;
        return [valueProblem(`${at}.name`, once, showSetting(name), "choose another name")];
    }
    if (!same(TRACING_PROVIDER)) return [];
    const taken = `a name other than "${TRACING_PROVIDER}", which is the program's own provider`;
    const next =
        "choose another name; collectorAddress and collector.protocol set where the program's own provider sends " +
        "spans";
    return [valueProblem(`${at}.name`, taken, showSetting(name), next)];
}

function kindProblems(provider: PlainObject, at: string): SettingsProblem[] {
    const given = Object.keys(provider).filter((key) => key !== "name");
    const [kind, ...more] = given;
    if (kind !== undefined && more.length === 0 && KINDS.includes(kind)) {
        const value = provider[kind];
        if (isPlainObject(value)) return [];
        return [
            valueProblem(
                `${at}.${kind}`,
                "an object",
                showSetting(value),
                "write it as an object in the stack file, {} if need be",
            ),
        ];
    }
    // snake_case is refused by its own words.
    if (given.some((key) => key.includes("_"))) return [];
    const unknown = given.find((key) => !KINDS.includes(key));
    const near = unknown === undefined ? undefined : nearest(unknown, KINDS);
    return [
        valueProblem(
            at,
            "one kind of provider in addition to its name, as in Istio's reference",
            given.length === 0 ? "only a name" : given.map(showSetting).join(", "),
            near === undefined ? `write one of ${KINDS.join(", ")}` : `did you mean ${near}?`,
        ),
    ];
}

function nameOf(provider: unknown): unknown {
    return isPlainObject(provider) ? provider["name"] : undefined;
}
