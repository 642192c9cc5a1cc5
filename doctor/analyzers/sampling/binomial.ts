/**
 * The lowest and the highest count of hits that chance explains. The probability of a count outside is at most `alpha`.
 *
 * @param trials independent trials
 * @param share probability of a hit, 0 to 1
 */
export function binomialBounds(trials: number, share: number, alpha = 1e-6): { least: number; greatest: number } {
    if (share <= 0) return { least: 0, greatest: 0 };
    if (share >= 1) return { least: trials, greatest: trials };
    let logOfPower = trials * Math.log1p(-share);
    let below = 0;
    let least = -1;
    for (let hits = 0; hits <= trials; hits++) {
        below += Math.exp(logOfPower);
        if (least < 0 && below > alpha / 2) least = hits;
        if (1 - below < alpha / 2) return { least, greatest: hits };
        logOfPower += Math.log((trials - hits) / (hits + 1)) + Math.log(share) - Math.log1p(-share);
    }
    return { least, greatest: trials };
}
