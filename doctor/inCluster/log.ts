import type { Change, SeenFinding } from "../watch/sight";

const LEVELS = { healthy: "info", faulty: "error", unproven: "warn" } as const;

/** A change as one line of JSON for a log store. */
export function logLine({ timeMs, now, appeared, gone }: Change): string {
    const short = (list: SeenFinding[]): object[] =>
        list.map(({ id, severity, segment, resource }) => ({ id, severity, segment, resource }));
    return JSON.stringify({
        ...{ time: new Date(timeMs).toISOString(), level: LEVELS[now.state], state: now.state, message: now.sentence },
        ...{ appeared: appeared.map(withWords), gone: short(gone) },
    });
}

function withWords({ id, severity, segment, resource, expected, got, cure }: SeenFinding): object {
    return { id, severity, segment, resource, expected, got, cure };
}
