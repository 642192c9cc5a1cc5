import type { Figure, SectionResult } from "./section";

type Identity = Omit<Figure, "samples">;

/** Adds samples to the figures of a section as they come. */
export function recorder({ figures }: Pick<SectionResult, "figures">): {
    /** Makes a figure without samples, which shows as not measured. */
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
            // Thousandths are more than any of these figures can be told apart by.
            declare(figure).samples.push(Number(sample.toPrecision(6)));
        },
    };
}
