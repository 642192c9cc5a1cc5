import type { BenchRecord, SectionRecord } from "../../../bench/record";
import type { Figure } from "../../../bench/section";

/** A figure as sections make them. */
export function figure(subject: string, samples: number[], more: Partial<Figure> = {}): Figure {
    return { metric: "preview", subject, unit: "s", samples, ...more };
}

/** A section that has come to its end. */
export function section(figures: Figure[], more: Partial<SectionRecord> = {}): SectionRecord {
    return {
        ...{ name: "operations", title: "Operations", date: "2026-11-01T10:00:00.000Z", commit: "0123456789" },
        machine: { cpu: "Some CPU", cores: 2, memoryGiB: 24, kernel: "Linux 6.1", loadAtStart: 0.1 },
        versions: { node: "24.0.0" },
        ...{ repeats: 3, minutes: 4.2, interrupted: false, figures, goals: [], notes: [], ...more },
    };
}

export function record(...sections: SectionRecord[]): BenchRecord {
    return { format: 1, command: "npm run bench -- --write", interrupted: false, sections };
}
