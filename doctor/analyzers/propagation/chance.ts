/**
 * True if something happened during every probe, and more often than by chance.
 *
 * @param chances how often chance explains it during each probe
 */
export function exceedsChance(counts: number[], chances: number[]): boolean {
    const [seen, chance] = [counts, chances].map((all) => all.reduce((sum, one) => sum + one, 0));
    if (seen === undefined || chance === undefined) return false;
    return counts.every((count) => count > 0) && seen > chance + 2 * Math.sqrt(chance);
}
