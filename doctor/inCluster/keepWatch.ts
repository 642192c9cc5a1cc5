import { setTimeout as sleep } from "node:timers/promises";
import type { Diagnosis } from "../diagnose";
import type { Evidence } from "../evidence";
import { Watcher } from "../watch";
import { compare, failedSight, type Change, type Sight } from "../watch/sight";
import { whyFailed } from "../whyFailed";
import type { MetricValues } from "./metrics";
import { observeExamination, observeFailure, observeFindings } from "./observe";

/** The result of an examination, and what it read. */
export interface Examination {
    diagnosis: Diagnosis;
    evidence: Pick<Evidence, "probedAt">;
}

/** How to keep watch in the cluster. */
export interface KeepWatchOptions {
    /** Examines the mesh once: whole, or with a single probe. */
    examine: (whole: boolean) => Promise<Examination>;
    intervalSeconds: number;
    values: MetricValues;
    /** Called after each examination or pair of them, whether it succeeded or not. */
    onRound?: () => void;
    /** Called for each change. */
    onChange: (change: Change) => void;
    signal: AbortSignal;
}

/** Share of the interval that a slow examination leaves free. */
const LEAST_PAUSE = 0.1;

/**
 * Examines the mesh in each interval until the signal. An examination that fails, also the first one, shows a mesh that is
 * not proven.
 *
 * @throws an error that is a bug of this program.
 */
export async function keepWatch(options: KeepWatchOptions): Promise<void> {
    const { intervalSeconds, values, onChange, signal, onRound = () => undefined } = options;
    const watcher = new Watcher({ failOn: "error", examine: observed(options) });
    let started = false;
    let shown: Sight | undefined;
    while (!signal.aborted) {
        const begun = performance.now();
        const change = await nextChange(watcher, started, shown);
        started ||= change !== undefined && !change.now.failed;
        if (change !== undefined) {
            shown = change.now;
            observeFindings(values, change.now);
            onChange(change);
        }
        values.set("lastExamination", Date.now() / 1000);
        onRound();
        const restMs = intervalSeconds * 1000 - (performance.now() - begun);
        await sleep(Math.max(intervalSeconds * LEAST_PAUSE * 1000, restMs), undefined, { signal }).catch(
            () => undefined,
        );
    }
}

/** The change of a round. Until an examination succeeds, a watcher throws, and every round is its first one. */
async function nextChange(watcher: Watcher, started: boolean, shown: Sight | undefined): Promise<Change | undefined> {
    try {
        return await watcher.round();
    } catch (error) {
        const reason = whyFailed(error);
        if (started || reason === undefined) throw error;
        return compare(shown, failedSight(reason));
    }
}

function observed({ examine, values }: KeepWatchOptions): (whole: boolean) => Promise<Diagnosis> {
    return async (whole) => {
        const begun = performance.now();
        try {
            const { diagnosis, evidence } = await examine(whole);
            observeExamination(values, diagnosis, evidence);
            return diagnosis;
        } catch (error) {
            observeFailure(values);
            throw error;
        } finally {
            values.set("examinationDuration", (performance.now() - begun) / 1000);
        }
    };
}
