import { z } from "zod";
import type { AttributeMatch, ExpectedTraffic, KeepRules } from "../tier";
import { formatAddress } from "../collector";
import { TLS_SCHEMA } from "./collectorFields";
import { ADDRESS_FAULTS, readAddress } from "./collectorAddress";
import { dnsLabel, numeric } from "./field";

const ATTRIBUTE = "the name of an attribute: 1 to 128 letters, digits and . _ : - /";
const VALUES = "a list of one or more texts, each of 1 to 256 characters";
const MILLISECONDS = "a whole number from 1 to 3600000 (milliseconds)";
const SERVICE = "the name of a service as in traces: 1 to 253 letters, digits and . _ -";
const PERCENT = "a number from 0 to 100 in steps of 0.01 (percent)";
const SPANS = "a whole number from 1 to 10000000 (spans per second)";
const POLICIES = "a list of policies, each with name and type, in the format of the tail_sampling processor";
const PATH = "a path of at most 200 letters, digits and . _ ~ - /, starting with /; * at its end matches anything";
const BACKEND_PATH = "a path such as /v1/traces, without query";
const ADDRESS = "host:port without a scheme, such as otel.example.com:4317";
const TEXT = "text of 1 to 1024 characters";
const BOOL = "true or false";

const attributeName = z.string({ error: ATTRIBUTE }).regex(/^[A-Za-z0-9._:/-]{1,128}$/, { error: ATTRIBUTE });
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")], { error: BOOL });
const milliseconds = whole(1, 3_600_000, MILLISECONDS);

const matches = z
    .array(
        z.strictObject({
            attribute: attributeName,
            values: z
                .array(z.string({ error: VALUES }).min(1, { error: VALUES }).max(256, { error: VALUES }), {
                    error: VALUES,
                })
                .min(1, { error: VALUES }),
        }),
        { error: "a list of objects with attribute and values" },
    )
    .transform((list): AttributeMatch[] => list);

/** A whole number between bounds, as a number or as text. */
function whole(minimum: number, maximum: number, error: string): z.ZodType<number> {
    return numeric(/^(0|[1-9]\d*)$/, minimum, maximum, error);
}

/** Which traces are kept. Empty: all of them. */
export const KEEP_SCHEMA = z
    .strictObject({
        errors: flag
            .optional()
            .describe("traces with a server fault: a span from a server, or a call, with status 5xx; default: true"),
        slowMs: milliseconds
            .optional()
            .describe("keeps traces that take longer, in milliseconds; default: no such rule"),
        slowServices: z
            .record(z.string().regex(/^[A-Za-z0-9._-]{1,253}$/, { error: SERVICE }), milliseconds)
            .optional()
            .describe("by service: keeps traces with a longer span of that service, in milliseconds"),
        restPercent: numeric(/^\d{1,3}(\.\d{1,2})?$/, 0, 100, PERCENT)
            .optional()
            .describe("percent of all other traces; default: 1"),
        maxSpansPerSecond: whole(1, 10_000_000, SPANS)
            .optional()
            .describe("ceiling for all samplers together; only the few spans of the doctor's probes may exceed it"),
        always: matches.optional().describe("keeps traces with this attribute on a span"),
        never: matches
            .optional()
            .describe("drops traces with this attribute on a span, even if another rule matches them"),
        policies: z
            .array(z.record(z.string(), z.unknown(), { error: POLICIES }), { error: POLICIES })
            .refine((all) => all.every((one) => typeof one["name"] === "string" && typeof one["type"] === "string"), {
                error: POLICIES,
            })
            .optional()
            .meta({ description: "additional policies of the tail_sampling processor, unchanged", whole: true }),
    })
    .transform((given): KeepRules | undefined =>
        Object.keys(given).length === 0
            ? undefined
            : {
                  errors: given.errors ?? true,
                  slowMs: given.slowMs,
                  slowServices: given.slowServices ?? {},
                  restPercent: given.restPercent ?? 1,
                  maxSpansPerSecond: given.maxSpansPerSecond,
                  always: given.always ?? [],
                  never: given.never ?? [],
                  policies: given.policies ?? [],
              },
    );

const backend = z.strictObject({
    // Components have it as an object.
    address: z
        .union([z.string(), z.strictObject({ host: z.string(), port: z.int() })], { error: ADDRESS })
        .transform((given, context) => {
            const address = readAddress(typeof given === "string" ? given : formatAddress(given));
            if (!("fault" in address)) return address;
            context.addIssue({ code: "custom", message: `${ADDRESS}; ${ADDRESS_FAULTS[address.fault].expected}` });
            return z.NEVER;
        })
        .describe("host and port of the receiver"),
    protocol: z
        .enum(["otlp-grpc", "otlp-http"], { error: "otlp-grpc or otlp-http" })
        .optional()
        .describe("default: otlp-grpc"),
    path: z
        .string({ error: BACKEND_PATH })
        .regex(/^(\/[A-Za-z0-9._~-]+)+$/, { error: BACKEND_PATH })
        .optional()
        .describe("with otlp-http; default: /v1/traces"),
    tls: TLS_SCHEMA.optional(),
});

/** Back ends by name. */
export const BACKENDS_SCHEMA = z.record(
    z.string().regex(dnsLabel, { error: "a name of 1 to 63 of a-z, 0-9 and -" }),
    backend,
);

/** Requests whose spans are left out. */
export const EXCLUDE_SCHEMA = z
    .strictObject({
        healthChecks: flag
            .optional()
            .describe("the usual paths of health checks, and requests of kubelets, load balancers and Prometheus"),
        paths: z
            .array(z.string({ error: PATH }).regex(/^\/[A-Za-z0-9._~/-]{0,198}\*?$/, { error: PATH }), { error: PATH })
            .optional()
            .describe("additional paths, without query"),
    })
    .transform(({ healthChecks = false, paths = [] }) => ({ healthChecks, paths }));

/** What becomes of an attribute of spans. */
export const REDACT_SCHEMA = z.record(
    attributeName,
    z.enum(["delete", "hash"], { error: "delete, or hash, which replaces the value with its SHA-256" }),
);

/** Attributes that every span's resource gets. */
export const RESOURCE_ATTRIBUTES_SCHEMA = z.record(
    attributeName,
    z.string({ error: TEXT }).min(1, { error: TEXT }).max(1024, { error: TEXT }),
);

/** What the tier is expected to take in. Empty: nothing is said. */
export const EXPECTED_SCHEMA = z
    .strictObject({
        requestsPerSecond: whole(1, 10_000_000, "a whole number from 1 to 10000000 (requests per second)")
            .optional()
            .describe("requests that enter the mesh, before any sampling"),
        spansPerRequest: whole(1, 100_000, "a whole number from 1 to 100000 (spans of one request)")
            .optional()
            .describe("in all its services; default: 10"),
        bytesPerSpan: whole(100, 1_000_000, "a whole number from 100 to 1000000 (bytes)")
            .optional()
            .describe("memory of a waiting span; default: 3000"),
    })
    .transform(({ requestsPerSecond, spansPerRequest = 10, bytesPerSpan = 3000 }): ExpectedTraffic | undefined =>
        requestsPerSecond === undefined ? undefined : { requestsPerSecond, spansPerRequest, bytesPerSpan },
    );

/** Replicas of the routers. */
export const ROUTERS_SCHEMA = z
    .strictObject({
        min: whole(1, 100, "a whole number from 1 to 100 (replicas)").optional(),
        max: whole(1, 100, "a whole number from 1 to 100 (replicas)").optional(),
    })
    .transform(({ min = 2, max = Math.max(min, 4) }) => ({ min, max }));
