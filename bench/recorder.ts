import type { Figure, SectionResult } from "./section";

type Identity = Omit<Figure, "samples">;

/** Adds samples to the figures of a section as they arrive. */
export function recorder({ figures }: Pick<SectionResult, "figures">): {
    /** Creates a figure without samples, which appears as not measured. */
    declare: (figure: Identity) => Figure;
    /** Adds a sample. */
    record: (figure: Identity, sample: number) => void;
} {
    const keyOf = ({ metric, subject, conditions = {}, unit }: Identity): string =>
        JSON.stringify([metric, subject, unit, Object.entries(conditions)]);
    const declare = (figure: Identity): Figure => {
        const found = figures.find((one) => keyOf(one) === keyOf(figure));
        if (found !== undefined) return found;
        const made = { ...figure, samples: [] };
        figures.push(made);
        return made;
    };
    return {
        declare,
        record: (figure, sample) => {
            // A precision of a thousandth is enough for all of these figures.
            declare(figure).samples.push(Number(sample.toPrecision(6)));
        },
    };
}
