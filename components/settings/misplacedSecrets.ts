import { FIELDS, OBJECT_KEYS, type SettingKey } from "./fields";
import type { Field } from "./field";
import type { SettingsProblem } from "./problems";

/** Where a secret goes that somebody has put into an object that is no place for one. */
const PLACES: Partial<Record<SettingKey, string>> = {
    collectorTls: "certificates are no secret; a key has no place here, since sidecars show none to the collector",
    ui: "the password goes into uiBasicAuth",
    jaegerStorage: "the password goes into jaegerStoragePassword",
    jaegerConfig:
        "the password of the storage goes into jaegerStoragePassword, and ${file:/etc/jaeger-storage/password} to where " +
        "Jaeger asks for it",
    images: "the login of a registry belongs into an imagePullSecret of the cluster",
    istiodValues:
        "headers of export calls go into collectorHeaders; any other secret into a Secret of the cluster, which " +
        "istiodValues.envVarFrom names",
};

/** True for a setting that a stack's file may hold only as `pulumi config set --secret` writes it. */
export function mustBeEncrypted(key: string): boolean {
    return (FIELDS as Record<string, Field>)[key]?.encrypted === true;
}

/**
 * Why an object may not hold anything encrypted: Pulumi hands it to the program as plain text, and so it would end in
 * chart values, ConfigMaps and the state. Undefined for settings that take secrets, which stay such.
 */
export function findSecretProblem(key: SettingKey): SettingsProblem | undefined {
    if (!OBJECT_KEYS.includes(key) || mustBeEncrypted(key)) return undefined;
    const place = PLACES[key];
    return {
        key,
        expected:
            "no secret, neither as a whole nor in a part: what it says stands readable in the cluster and the state",
        got: "an encrypted value, which is not shown",
        next: `run pulumi config rm ${key}, and set it again without --secret${place === undefined ? "" : `; ${place}`}`,
    };
}
