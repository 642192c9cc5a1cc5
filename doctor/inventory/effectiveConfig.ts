import { configOfPods } from "../../checks/collector/commandLine";
import { collectorConfigsOf, type CollectorConfig } from "../../checks/collector/configuration";
import { podTemplateOf } from "../../checks/workload/podTemplates";
import type { Evidence } from "../evidence";
import { parseText } from "../parseText";
import { collectorFilesOf, type CollectorFile } from "./collectorPipelines";

/** The configuration with which the collector's pods start. */
export interface EffectiveConfig extends CollectorConfig {
    /** The file that they mount; undefined if the configuration is in their containers alone. */
    file: CollectorFile | undefined;
}

/** The file of the collector's pods, with the values of their command line over it; undefined if nothing is known. */
export function effectiveConfigOf(
    evidence: Pick<Evidence, "collector" | "collectorFiles">,
): EffectiveConfig | undefined {
    const [pod] = evidence.collector?.pods ?? [];
    const pods = pod && podTemplateOf({ apiVersion: "v1", kind: "Pod", ...pod });
    if (pods === undefined || "failure" in evidence.collectorFiles) return undefined;
    const files = collectorFilesOf(evidence);
    const configs = files.flatMap(({ configMap, key }) =>
        collectorConfigsOf(
            { apiVersion: "v1", kind: "ConfigMap", ...configMap, data: { [key]: configMap.data?.[key] } },
            parseText,
        ),
    );
    const config = configOfPods(pods, configs, parseText);
    return config && { ...config, file: files[0] };
}
