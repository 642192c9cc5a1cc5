import type { EngineEvent } from "../../lab/engine";
import { formatEvent } from "../lab/engineEvents";
import type { Report } from "../../shared/terminal/steps";

/** Turns the events of a run into progress lines. Repeats a reason for waiting only if it changes. */
export function reportEvents(report: Report): (event: EngineEvent) => void {
    const said = new Map<string, string>();
    return (event) => {
        const line = formatEvent(event);
        if (line === undefined) return;
        if (event.kind === "waiting") {
            if (said.get(event.urn) === event.reason) return;
            said.set(event.urn, event.reason);
        }
        report(line);
    };
}
