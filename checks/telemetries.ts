import type { Finding } from "./finding";
import { byAge, isNamespaceWide, type TelemetryObject } from "./meshObjects";

/** Namespaces with more than one Telemetry without a selector: Istio takes the oldest and says nothing of the others. */
export function checkOneWideTelemetry(telemetries: TelemetryObject[]): Finding[] {
    const wide = telemetries.filter(isNamespaceWide).sort(byAge);
    const namespaces = [...new Set(wide.map(({ metadata }) => metadata.namespace ?? ""))];
    return namespaces.flatMap((namespace) => {
        const [first, ...ignored] = wide.filter(({ metadata }) => (metadata.namespace ?? "") === namespace);
        if (first === undefined || ignored.length === 0) return [];
        const names = ignored.map(({ metadata }) => metadata.name).join(", ");
        return [
            {
                id: "telemetry-one-without-selector",
                severity: "error" as const,
                resource: `Telemetry ${namespace}/${ignored[0]?.metadata.name ?? ""}`,
                expected: "one Telemetry without a selector in a namespace",
                got: `${names} beside ${first.metadata.name}, which is older and the only one that counts`,
                cure: "Put what they say into one, or give the others a selector.",
            },
        ];
    });
}
