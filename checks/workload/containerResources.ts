import { type Manifest } from "../../shared/kubernetes/manifest";
import { at, mapAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { chartsOf, isIstiodChart } from "../manifest/charts";
import { containersOf, podTemplateOf } from "./podTemplates";

/** What every container must set. As in Kubernetes, a limit replaces an omitted request. */
const NEEDED = [
    { name: "requests.cpu", paths: ["requests.cpu", "limits.cpu"] },
    { name: "requests.memory", paths: ["requests.memory", "limits.memory"] },
    { name: "limits.memory", paths: ["limits.memory"] },
];

/** Reports containers without requests and a memory limit, and istiod charts whose values omit the limit. */
export function checkContainerResources(manifest: Manifest): Finding[] {
    const template = podTemplateOf(manifest);
    if (template !== undefined) {
        return containersOf(template)
            .filter(({ init }) => !init)
            .flatMap(({ name, container }) =>
                missing(`${template.resource} container ${name}`, mapAt(container, "resources"), NEEDED),
            );
    }
    // The chart's default values set requests for istiod, but no limit.
    const limit = NEEDED.filter(({ name }) => name === "limits.memory");
    return chartsOf(manifest)
        .filter((chart) => isIstiodChart(chart) && chart.unresolved.every(({ part }) => part !== "values"))
        .flatMap(({ resource, values }) => missing(`${resource} values.resources`, mapAt(values, "resources"), limit));
}

function missing(resource: string, resources: Manifest, needed: typeof NEEDED): Finding[] {
    const absent = needed.filter(({ paths }) => paths.every((path) => at(resources, ...path.split(".")) == null));
    if (absent.length === 0) return [];
    return [
        {
            id: "resources-set",
            severity: "error",
            resource,
            expected: needed.map(({ name }) => name).join(", "),
            got: `no ${absent.map(({ name }) => name).join(", ")}`,
            cure: "Set them according to the container's measured use, so that neither it nor its neighbors starve.",
        },
    ];
}
