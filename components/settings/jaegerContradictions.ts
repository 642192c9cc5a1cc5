import type { ParsedSettings } from "./parse";
import { showSetting, type SettingsProblem } from "./problems";
import { findSharingProblems, type SharedStorage } from "./jaegerSharing";
import { findKafkaProblems, type ComparedKafka } from "./kafka";
import { findRetentionProblems } from "./retentionProblems";
import { hasLogin, isDatabase, isSearchStorage, type JaegerStorage } from "../storage";

/** What the settings of Jaeger say against each other. */
export function findJaegerContradictions(given: ParsedSettings, settings: ComparedJaegerSettings): SettingsProblem[] {
    if (!settings.jaeger.deploy) return withoutJaeger(given, settings);
    const { jaeger, jaegerStoragePassword, jaegerKafkaPassword, images } = settings;
    // Kafka brings the roles with it, so what is wrong with both is said of Kafka.
    const roles = jaeger.kafka === undefined ? jaeger.roles : undefined;
    return [
        ...maxTracesProblems(given, jaeger),
        ...findSharingProblems({ ...jaeger, roles, image: images.jaeger }),
        ...findKafkaProblems({ ...jaeger, kafkaPassword: jaegerKafkaPassword }),
        ...databasePasswordProblems(settings),
        ...findRetentionProblems(jaeger.storage, jaeger.config),
        ...findStorageContradictions({ jaegerStorage: jaeger.storage, jaegerStoragePassword }),
    ];
}

/** A storage and the password for it. */
export interface ComparedStorage {
    jaegerStorage: JaegerStorage;
    jaegerStoragePassword: string;
}

/** Characters of a password that Jaeger reads as a part of its configuration, which is YAML with variables. */
const PLAIN_PASSWORD = /^[A-Za-z0-9][A-Za-z0-9._+/=@^-]*$/;

/** A database's password that Jaeger would not read as it is. For other storages, it reads a file of its own. */
function databasePasswordProblems({
    jaeger: { storage },
    jaegerStoragePassword,
}: ComparedJaegerSettings): SettingsProblem[] {
    if (!isDatabase(storage) || jaegerStoragePassword === "") return [];
    if (PLAIN_PASSWORD.test(jaegerStoragePassword)) return [];
    return [
        {
            key: "jaegerStoragePassword",
            expected: `letters, digits and . _ + / = @ ^ -, starting with a letter or digit, for the storage ${storage.type}`,
            got: "other characters, which are not shown",
            next: "give the user of the database such a password, for example the output of: openssl rand -hex 24",
        },
    ];
}

/** What is compared: a storage, its password, and whether there is a Jaeger for it, in roles or not. */
export interface ComparedJaegerSettings {
    jaeger: { deploy: boolean } & Omit<SharedStorage, "image"> & Pick<ComparedKafka, "kafka">;
    images: { jaeger: string };
    jaegerStoragePassword: string;
    jaegerKafkaPassword: string;
}

/** A password without a user, a user without a password, and either without encryption. */
export function findStorageContradictions(settings: ComparedStorage): SettingsProblem[] {
    return [...passwordProblems(settings), ...plainTextProblems(settings)];
}

function withoutJaeger(
    given: ParsedSettings,
    { jaeger: { storage, kafka }, jaegerStoragePassword, jaegerKafkaPassword }: ComparedJaegerSettings,
): SettingsProblem[] {
    const set = {
        "jaeger.storage": storage.type !== "memory" && given["jaeger.storage"].type !== undefined,
        "jaeger.roles": given["jaeger.roles"] !== undefined,
        "jaeger.kafka": kafka !== undefined,
        "jaeger.maxTraces": given["jaeger.maxTraces"] !== undefined,
        "jaeger.config": Object.keys(given["jaeger.config"]).length > 0,
        jaegerStoragePassword: jaegerStoragePassword !== "",
        jaegerKafkaPassword: jaegerKafkaPassword !== "",
    };
    return Object.entries(set)
        .filter(([, isSet]) => isSet)
        .map(([key]) => ({
            key,
            expected: "nothing here, because jaeger.deploy is false",
            got: "a value for a Jaeger that the stack does not deploy",
            next: `remove ${key}, or set jaeger.deploy to true`,
        }));
}

function maxTracesProblems(given: ParsedSettings, { storage }: ComparedJaegerSettings["jaeger"]): SettingsProblem[] {
    const maxTraces = given["jaeger.maxTraces"];
    if (maxTraces === undefined || storage.type === "memory") return [];
    return [
        {
            key: "jaeger.maxTraces",
            expected: "nothing here, because Jaeger keeps its traces in memory only with type memory",
            got: `${String(maxTraces)} with the storage ${storage.type}`,
            next:
                storage.type === "badger"
                    ? "remove jaeger.maxTraces; jaeger.storage.retentionHours says how long Badger keeps a span"
                    : "remove jaeger.maxTraces; the storage itself decides how long it keeps a span",
        },
    ];
}

/** Without a password Jaeger would send no credentials at all, and say nothing. */
function passwordProblems({ jaegerStorage, jaegerStoragePassword }: ComparedStorage): SettingsProblem[] {
    const takesPassword = hasLogin(jaegerStorage) || jaegerStorage.type === "custom";
    const username = hasLogin(jaegerStorage) ? jaegerStorage.username : undefined;
    if (jaegerStoragePassword === "") {
        if (username === undefined) return [];
        return [
            {
                key: "jaegerStoragePassword",
                expected: "the password of the user that jaeger.storage.username names",
                got: "nothing",
                next: "set it with: pulumi config set --secret jaegerStoragePassword",
            },
        ];
    }
    if (!takesPassword) {
        return [
            {
                key: "jaegerStoragePassword",
                expected: `nothing here, because the storage ${jaegerStorage.type} requires no password`,
                got: "a password, which is not shown",
                next: "remove jaegerStoragePassword, or set jaeger.storage to the elasticsearch, opensearch, cassandra or clickhouse that it is for",
            },
        ];
    }
    if (jaegerStorage.type === "custom" || username !== undefined) return [];
    return [
        {
            key: "jaeger.storage.username",
            expected: "the user to whom jaegerStoragePassword belongs",
            got: "nothing",
            next: "set jaeger.storage.username, or remove jaegerStoragePassword",
        },
    ];
}

function plainTextProblems({ jaegerStorage }: ComparedStorage): SettingsProblem[] {
    if (isDatabase(jaegerStorage) && jaegerStorage.username !== undefined && !jaegerStorage.tls) {
        return [
            {
                key: "jaeger.storage.tls",
                expected: "an authority to trust, because the password would otherwise be sent in plain text",
                got: "nothing",
                next: "set jaeger.storage.tls.ca to public, to certificates as PEM text, or to configmap:NAME",
            },
        ];
    }
    if (!isSearchStorage(jaegerStorage)) return [];
    const { serverUrls, username, tls } = jaegerStorage;
    const plain = serverUrls.filter((url) => url.startsWith("http://"));
    if (plain.length === 0 || (username === undefined && tls === undefined)) return [];
    return [
        {
            key: "jaeger.storage.serverUrls",
            expected:
                username === undefined
                    ? "https:// everywhere, because jaeger.storage.tls is set"
                    : "https:// everywhere, because the password would otherwise be sent in plain text",
            got: showSetting(plain),
            next: "write https://, with jaeger.storage.tls.ca if no public authority has signed the certificate",
        },
    ];
}
