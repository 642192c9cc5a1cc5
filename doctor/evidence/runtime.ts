import { itemsAt, mapAt, textAt } from "../../shared/values/plainObjects";
import { parseText } from "../parseText";
import { percentOfFraction } from "./routeTracing";

/** A value of Envoy's runtime. */
export interface RuntimeValue {
    value: string;
    /** The name of the layer that sets it, such as Istio's `global config`; undefined if unknown. */
    layer: string | undefined;
}

/**
 * Values of a sidecar's runtime below `tracing.`, by key. They override its listeners and routes:
 * https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/runtime
 */
export type TracingRuntime = Record<string, RuntimeValue>;

/** The keys that limit how much is recorded, by the setting of a listener or route that they override. */
export const RUNTIME_KEYS = {
    random: "tracing.random_sampling",
    overall: "tracing.global_enabled",
    client: "tracing.client_enabled",
} as const;

/** The values for tracing in an answer of Envoy's `/runtime`. */
export function readTracingRuntime(dump: unknown): TracingRuntime {
    const layers = itemsAt(dump, "layers").map(String);
    const entries = Object.entries(mapAt(dump, "entries")).filter(([key]) => key.startsWith("tracing."));
    return Object.fromEntries(
        entries.map(([key, entry]) => {
            const values = itemsAt(entry, "layer_values").map(String);
            const layer = layers[values.findLastIndex((value) => value !== "")];
            return [key, { value: textAt(entry, "final_value") ?? "", layer }];
        }),
    );
}

/**
 * The percentage that Envoy reads from a value: a number without its fraction, where everything above 100 means 100, or
 * a FractionalPercent. Undefined for other values, which Envoy ignores.
 *
 * Source: https://github.com/envoyproxy/envoy/blob/main/source/common/runtime/runtime_impl.cc
 */
export function percentOf(value: string): number | undefined {
    const text = value.trim();
    if (text === "") return undefined;
    const number = Number(text);
    if (Number.isFinite(number)) return number < 0 ? undefined : Math.min(100, Math.floor(number));
    const fraction = percentOfFraction(parseText(text));
    return fraction === undefined || Number.isNaN(fraction) ? undefined : Math.min(100, fraction);
}

/** The percentages that a runtime sets; undefined for those that listeners and routes decide. */
export function limitsOf(runtime: TracingRuntime): Record<keyof typeof RUNTIME_KEYS, number | undefined> {
    const percent = (key: string): number | undefined => {
        const found = Object.hasOwn(runtime, key) ? runtime[key] : undefined;
        return found === undefined ? undefined : percentOf(found.value);
    };
    const { random, overall, client } = RUNTIME_KEYS;
    return { random: percent(random), overall: percent(overall), client: percent(client) };
}

/** True for a key below `tracing.` that Envoy does not read: neither a limit nor a setting of a tracer. */
export function isUnknownKey(key: string): boolean {
    return !Object.values<string>(RUNTIME_KEYS).includes(key) && !/^tracing\.\w+\.\w+$/.test(key);
}
