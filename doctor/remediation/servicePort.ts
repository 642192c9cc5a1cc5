import type { ServiceObject } from "../../shared/kubernetes/objects";
import { patchCommand, type Command } from "./commands";

/** Lets a Service's port lead to another port of its pods. */
export function leadTo(service: ServiceObject, port: number, targetPort: number): Command[] {
    const index = (service.spec?.ports ?? []).findIndex((candidate) => candidate.port === port);
    const path = `/spec/ports/${String(index)}/targetPort`;
    return [patchCommand("service", service, [{ op: "replace", path, value: targetPort }])];
}
