import type { ParsedSettings } from "./parse";
import { showSetting, type SettingsProblem } from "./problems";
import { isSearchStorage, type JaegerStorage } from "../storage";

/** What the settings of Jaeger say against each other. */
export function findJaegerContradictions(given: ParsedSettings, settings: ComparedJaegerSettings): SettingsProblem[] {
    if (!settings.deployJaeger) return withoutJaeger(given, settings);
    return [...maxTracesProblems(given, settings), ...findStorageContradictions(settings)];
}

/** A storage and the password for it. */
export interface ComparedStorage {
    jaegerStorage: JaegerStorage;
    jaegerStoragePassword: string;
}

/** What is compared: a storage, and whether there is a Jaeger for it. */
export interface ComparedJaegerSettings extends ComparedStorage {
    deployJaeger: boolean;
}

/** A password without a user, a user without a password, and either without encryption. */
export function findStorageContradictions(settings: ComparedStorage): SettingsProblem[] {
    return [...passwordProblems(settings), ...plainHttpProblems(settings)];
}

function withoutJaeger(
    given: ParsedSettings,
    { jaegerStorage, jaegerStoragePassword }: ComparedJaegerSettings,
): SettingsProblem[] {
    const set = {
        jaegerStorage: jaegerStorage.type !== "memory" && given.jaegerStorage.type !== undefined,
        jaegerStoragePassword: jaegerStoragePassword !== "",
        jaegerMaxTraces: given.jaegerMaxTraces !== undefined,
        jaegerConfig: Object.keys(given.jaegerConfig).length > 0,
    };
    return Object.entries(set)
        .filter(([, isSet]) => isSet)
        .map(([key]) => ({
            key,
            expected: "nothing here, since deployJaeger is false",
            got: "a value for a Jaeger that the stack does not deploy",
            next: `remove ${key}, or set deployJaeger to true`,
        }));
}

function maxTracesProblems(
    { jaegerMaxTraces }: ParsedSettings,
    { jaegerStorage }: ComparedJaegerSettings,
): SettingsProblem[] {
    if (jaegerMaxTraces === undefined || jaegerStorage.type === "memory") return [];
    return [
        {
            key: "jaegerMaxTraces",
            expected: "nothing here, since Jaeger keeps its traces in memory with type memory only",
            got: `${String(jaegerMaxTraces)} with the storage ${jaegerStorage.type}`,
            next:
                jaegerStorage.type === "badger"
                    ? "remove jaegerMaxTraces; jaegerStorage.retentionHours says how long Badger keeps a span"
                    : "remove jaegerMaxTraces; the storage itself decides how long it keeps a span",
        },
    ];
}

/** Without a password Jaeger would send no credentials at all, and say nothing. */
function passwordProblems({ jaegerStorage, jaegerStoragePassword }: ComparedStorage): SettingsProblem[] {
    const takesPassword = isSearchStorage(jaegerStorage) || jaegerStorage.type === "custom";
    const username = isSearchStorage(jaegerStorage) ? jaegerStorage.username : undefined;
    if (jaegerStoragePassword === "") {
        if (username === undefined) return [];
        return [
            {
                key: "jaegerStoragePassword",
                expected: "the password of the user that jaegerStorage.username names",
                got: "nothing",
                next: "set it with: pulumi config set --secret jaegerStoragePassword",
            },
        ];
    }
    if (!takesPassword) {
        return [
            {
                key: "jaegerStoragePassword",
                expected: `nothing here, since the storage ${jaegerStorage.type} asks for no password`,
                got: "a password, which is not shown",
                next: "remove jaegerStoragePassword, or set jaegerStorage to the elasticsearch or opensearch that it is for",
            },
        ];
    }
    if (jaegerStorage.type === "custom" || username !== undefined) return [];
    return [
        {
            key: "jaegerStorage.username",
            expected: "the user to whom jaegerStoragePassword belongs",
            got: "nothing",
            next: "set jaegerStorage.username, or remove jaegerStoragePassword",
        },
    ];
}

function plainHttpProblems({ jaegerStorage }: ComparedStorage): SettingsProblem[] {
    if (!isSearchStorage(jaegerStorage)) return [];
    const { serverUrls, username, tls } = jaegerStorage;
    const plain = serverUrls.filter((url) => url.startsWith("http://"));
    if (plain.length === 0 || (username === undefined && tls === undefined)) return [];
    return [
        {
            key: "jaegerStorage.serverUrls",
            expected:
                username === undefined
                    ? "https:// everywhere, since jaegerStorage.tls is set"
                    : "https:// everywhere, since the password would travel in plain text otherwise",
            got: showSetting(plain),
            next: "write https://, with jaegerStorage.tls.ca where a public authority has not signed the certificate",
        },
    ];
}
