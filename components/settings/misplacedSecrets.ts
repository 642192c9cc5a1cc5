import { FIELDS, OBJECT_KEYS, type SettingKey } from "./fields";
import type { Field } from "./field";
import { GROUPS, type Group } from "./groups";
import type { SettingsProblem } from "./problems";

/** Where a secret goes that somebody has put into an object that is no place for one. */
const PLACES: Partial<Record<SettingKey | Group, string>> = {
    "collector.tls":
        "certificates are not secret; a key does not belong here, because sidecars send none to the collector",
    ui: "the password of users goes into uiBasicAuth, that of cert-manager's chart into certManagerChartPassword",
    "jaeger.storage": "the password goes into jaegerStoragePassword",
    "jaeger.kafka": "the password goes into jaegerKafkaPassword",
    "jaeger.config":
        "the password of the storage goes into jaegerStoragePassword, and ${file:/etc/jaeger-storage/password} where " +
        "Jaeger needs it",
    "collectorTier.backends":
        "headers go into collectorTierHeaders; certificates are not secret; a key does not belong here, because " +
        "Collectors send none",
    images: "the login of a registry belongs in an imagePullSecret of the cluster",
    "istio.chartAccess": "the password goes into istioChartPassword",
    "istio.values":
        "the password of a chart repository goes into istioChartPassword, headers of export calls go into " +
        "collectorHeaders; any other secret goes into a Secret of the cluster that istio.values.envVarFrom names",
};
/** The CLI tells of a whole key that something in it is encrypted, and not what. */
const OF_GROUP: Partial<Record<Group, SettingKey>> = {
    collector: "collector.tls",
    istio: "istio.values",
    jaeger: "jaeger.config",
    collectorTier: "collectorTier.backends",
};

/** True for a setting that a stack's file may hold only as `pulumi config set --secret` writes it. */
export function mustBeEncrypted(key: string): boolean {
    return (FIELDS as Record<string, Field>)[key]?.encrypted === true;
}

/**
 * Why an object may not hold anything encrypted: Pulumi hands it to the program as plain text, and so it would end in
 * chart values, ConfigMaps and the state. Undefined for settings that take secrets, which stay such.
 *
 * @param former key under which it stands, where that is no longer its place.
 */
export function findSecretProblem(key: SettingKey | Group, former?: string): SettingsProblem | undefined {
    const group = GROUPS.find((one) => one === key);
    if (
        group === undefined &&
        former === undefined &&
        (!OBJECT_KEYS.includes(key as SettingKey) || mustBeEncrypted(key))
    )
        return undefined;
    const place = PLACES[group === undefined ? key : (OF_GROUP[group] ?? key)];
    const again =
        former !== undefined
            ? `run pulumi config rm ${former}, and set ${key} without --secret`
            : group === undefined
              ? `run pulumi config rm ${key}, and set it again without --secret`
              : `run pulumi config rm --path ${group}.NAME for what is encrypted in it, and set that again without --secret`;
    return {
        key: former ?? key,
        expected: "no secret in any part: its value is readable in the cluster and in the state",
        got: "an encrypted value, which is not shown",
        next: `${again}${place === undefined ? "" : `; ${place}`}`,
    };
}
