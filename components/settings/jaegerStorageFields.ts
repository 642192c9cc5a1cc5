import { z } from "zod";
import { TLS_SCHEMA } from "./collectorFields";
import { dnsName } from "./field";
import { parseQuantity } from "../../shared/kubernetes/quantities";

/** The types of storage, in words. */
export const STORAGE_TYPE = "memory, badger, elasticsearch or opensearch";
const SIZE = "the size of the volume: a Kubernetes quantity of 1Gi or more, as text";
const STORAGE_CLASS = "the name of a StorageClass of the cluster";
const RETENTION = "a whole number from 1 to 8760 (hours after which a span is dropped)";
const DAYS = "whole days in hours, 24 to 8760, since Jaeger keeps an index per day there";
const URLS = "a list of one or more URLs of the nodes";
const URL_FORM = "https://HOST:PORT or http://HOST:PORT, without user, password, query and fragment";
const PREFIX = "1 to 60 of a-z, 0-9, - and _, starting with a letter or digit";
const USERNAME = "1 to 200 printable ASCII characters without a colon";

/** Which fields of jaeger.storage go with which types. */
const SEARCH = ["elasticsearch", "opensearch"];
const TYPES_OF: Record<string, readonly string[]> = {
    size: ["badger"],
    storageClass: ["badger"],
    retentionHours: ["badger", ...SEARCH],
    serverUrls: SEARCH,
    indexPrefix: SEARCH,
    username: SEARCH,
    tls: SEARCH,
};

/** The setting jaeger.storage. */
export const STORAGE_SCHEMA = z
    .strictObject({
        type: z.enum(["memory", "badger", "elasticsearch", "opensearch"], { error: STORAGE_TYPE }).optional(),
        size: text(SIZE, (size) => (parseQuantity(size) ?? 0) >= 2 ** 30).optional(),
        storageClass: text(STORAGE_CLASS, (name) => name.length <= 253 && dnsName.test(name)).optional(),
        retentionHours: z
            .union([z.number(), z.string().regex(/^\d{1,4}$/, { error: RETENTION })], { error: RETENTION })
            .transform(Number)
            .refine((hours) => Number.isInteger(hours) && hours >= 1 && hours <= 8760, { error: RETENTION })
            .optional(),
        serverUrls: z.array(text(URL_FORM, isServerUrl), { error: URLS }).min(1, { error: URLS }).optional(),
        indexPrefix: text(PREFIX, (prefix) => /^[a-z0-9][a-z0-9_-]{0,59}$/.test(prefix)).optional(),
        username: text(USERNAME, (name) => /^[!-9;-~]([ -9;-~]{0,198}[!-9;-~])?$/.test(name)).optional(),
        tls: TLS_SCHEMA.optional(),
    })
    .superRefine((given, context) => {
        const type = given.type ?? "memory";
        for (const [field, types] of Object.entries(TYPES_OF)) {
            if (given[field as keyof typeof given] === undefined || types.includes(type)) continue;
            const message = `no ${field} with type ${type}: it goes with ${types.join(" and ")}`;
            context.addIssue({ code: "custom", path: [field], message });
        }
        if (type === "badger" && given.size === undefined) {
            context.addIssue({ code: "custom", path: ["size"], message: SIZE });
        }
        if (SEARCH.includes(type) && (given.retentionHours ?? 0) % 24 !== 0) {
            context.addIssue({ code: "custom", path: ["retentionHours"], message: DAYS });
        }
        if (SEARCH.includes(type) && given.serverUrls === undefined) {
            context.addIssue({ code: "custom", path: ["serverUrls"], message: URLS });
        }
    });

function text(expected: string, isRight: (value: string) => boolean): z.ZodType<string> {
    return z.string({ error: expected }).refine(isRight, { error: expected });
}

/** No `$` either: Jaeger would take what follows for the name of a variable. */
function isServerUrl(value: string): boolean {
    if (!/^https?:\/\/[^\s/$@?#]+(\/[^\s$@?#]*)?$/.test(value) || !URL.canParse(value)) return false;
    return new URL(value).hostname !== "";
}
