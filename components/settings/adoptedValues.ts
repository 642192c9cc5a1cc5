import { findProvider, type ExtensionProvider } from "../../checks/mesh/objects";
import { at, isPlainObject, listAt, mapAt, type PlainObject } from "../../shared/values/plainObjects";
import { hasProvider } from "../../checks/mesh/providerEntry";
import { showSetting, type SettingsProblem } from "./problems";

/**
 * What in an owner's values of the istiod chart keeps the program from adding a provider to them, or from putting them
 * back exactly as they were.
 *
 * @param key the setting or object that holds the values, for messages.
 */
export function findAdoptedValuesProblems(key: string, values: PlainObject, provider: PlainObject): SettingsProblem[] {
    const mesh = at(values, "meshConfig");
    return [
        ...findNullProblems(key, values),
        ...(at(values, "pilot", "meshConfig") === undefined
            ? []
            : [
                  {
                      key: `${key}.pilot.meshConfig`,
                      expected: "the mesh configuration only in meshConfig",
                      got: "one below pilot, which the chart copies over the other",
                      next: "move it to meshConfig with helm upgrade",
                  },
              ]),
        ...(values["configMap"] === false
            ? [
                  {
                      key: `${key}.configMap`,
                      expected: "true: the chart writes the mesh configuration",
                      got: "false, so somebody else writes it",
                      next: "add the provider there (docs/existing-mesh.md)",
                  },
              ]
            : []),
        ...findProviderClash(`${key}.meshConfig`, mesh, provider),
    ];
}

/** Values that a release of Pulumi's would lose. */
export function findNullProblems(key: string, values: PlainObject): SettingsProblem[] {
    return nullsIn(values).map((path) => ({
        key: `${key}.${path}`,
        expected: "a value other than null, because Pulumi's Release drops null, and with it what the null removes",
        got: "null",
        next: `write the value that it stands for, with helm upgrade --reuse-values --set ${path}=VALUE`,
    }));
}

/** What in a mesh configuration keeps a provider from being added to it. */
export function findProviderClash(key: string, mesh: unknown, provider: PlainObject): SettingsProblem[] {
    if (mesh !== undefined && !isPlainObject(mesh)) {
        return [
            {
                key,
                expected: "an object of names and values",
                got: showSetting(mesh),
                next: "ask its owner to correct it",
            },
        ];
    }
    const listed = at(mesh, "extensionProviders");
    const other = at(mesh, "extension_providers") !== undefined;
    if (other || (listed !== undefined && !Array.isArray(listed))) {
        return [
            {
                key: `${key}.${other ? "extension_providers" : "extensionProviders"}`,
                expected: "the list extensionProviders",
                got: other ? "the other spelling of its name" : showSetting(listed),
                next: "ask its owner to correct it",
            },
        ];
    }
    const name = String(provider["name"]);
    const providers = listAt(mesh, "extensionProviders").filter(
        (one): one is ExtensionProvider => typeof one["name"] === "string",
    );
    if (hasProvider(mapAt(mesh), provider) || findProvider({ extensionProviders: providers }, name) === undefined) {
        return [];
    }
    return [
        {
            key: `${key}.extensionProviders`,
            expected: `no other provider with the name ${name}`,
            got: "one with other settings",
            next:
                `to use that one: pulumi config set --path istio.provider ${name}, without adopt. Or choose another ` +
                "name for the provider of this stack: pulumi config set --path istio.provider NAME",
        },
    ];
}

/** Paths of the values that are null. */
function nullsIn(value: unknown, path: string[] = []): string[] {
    if (value === null) return [path.join(".")];
    if (Array.isArray(value)) return value.flatMap((item, index) => nullsIn(item, [...path, String(index)]));
    if (!isPlainObject(value)) return [];
    return Object.entries(value).flatMap(([key, below]) => nullsIn(below, [...path, key]));
}
