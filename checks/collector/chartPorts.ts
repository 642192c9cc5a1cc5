import type { Manifest } from "../../shared/kubernetes/manifest";
import { listAt, textAt } from "../../shared/values/plainObjects";
import type { Finding } from "../finding";
import { chartsOf, isChart, walkValues } from "../manifest/charts";
import { grpcFinding, lacksGrpcMark, targetPortOf } from "../mesh/servicePorts";

/** The key of the list of Service ports in the values of collector charts, by chart. */
const PORT_LISTS: Record<string, string> = { alloy: "extraPorts", "k8s-monitoring": "extraPorts" };

/** Reports a port for OTLP over gRPC in the values of a collector's chart that is not marked as gRPC. */
export function checkChartPorts(manifest: Manifest): Finding[] {
    return chartsOf(manifest).flatMap((chart) => {
        const key = Object.entries(PORT_LISTS).find(([name]) => isChart(chart, name))?.[1];
        if (key === undefined) return [];
        return [...walkValues(chart.values)].flatMap(({ path, map }) =>
            listAt(map, key)
                .map((port) => ({
                    ...{ port: Number(port["port"]), name: textAt(port, "name"), targetPort: targetPortOf(port) },
                    appProtocol: textAt(port, "appProtocol"),
                }))
                .filter(lacksGrpcMark)
                .map((port) => {
                    const place = ["values", ...path, key].join(".");
                    return grpcFinding(`${chart.resource} ${place}`, port, `${place}[].appProtocol`);
                }),
        );
    });
}
