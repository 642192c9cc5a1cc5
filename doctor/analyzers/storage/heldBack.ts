import { secondsOf } from "../../../shared/values/duration";
import { at, mapAt, textAt } from "../../../shared/values/plainObjects";
import type { Evidence } from "../../evidence";
import {
    collectorFilesOf,
    kindOf,
    nameOfFile,
    pipelinesOf,
    type CollectorFile,
} from "../../inventory/collectorPipelines";
import { editFile } from "../../remediation/collectorFile";
import type { Draft } from "../draft";

/** A part of the collector that holds spans for a while before it forwards them. */
interface Holder {
    file: CollectorFile;
    keys: string[];
    written: string;
    seconds: number;
    /** This number of spans ends the wait; undefined if only time does. */
    atOnce?: number;
    /** True if the wait is intended, for example for the decision of a sampler. */
    meant: boolean;
}

/** Default times in seconds: https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor */
const PROCESSORS: Partial<Record<string, { key: string; usual: string; meant: boolean }>> = {
    batch: { key: "timeout", usual: "200ms", meant: false },
    tail_sampling: { key: "decision_wait", usual: "30s", meant: true },
    groupbytrace: { key: "wait_duration", usual: "1s", meant: true },
};
const BATCH_SIZE = 8192;
const WAIT = "1s";

/** The part of the collector's configuration that holds spans longer than the doctor waited. */
export function heldBack(evidence: Evidence): Omit<Draft, "id" | "values" | "expected"> | undefined {
    const { waitedMs, collector } = evidence;
    if (waitedMs === undefined) return undefined;
    const [longest] = collectorFilesOf(evidence)
        .flatMap(holdersIn)
        .sort((left, right) => right.seconds - left.seconds);
    if (longest === undefined || longest.seconds * 1000 < waitedMs) return undefined;
    const { file, keys, written, atOnce, meant } = longest;
    const path = keys.join(".");
    const sooner =
        atOnce === undefined
            ? ""
            : `, unless ${keys.slice(0, -1).join(".")}.send_batch_size (${String(atOnce)}) is reached earlier`;
    return {
        resource: nameOfFile(file),
        got:
            `${path} is ${written}, so the collector holds spans for that time${sooner}, but the doctor waited for ` +
            `${String(Math.round(waitedMs / 1000))} s`,
        cure: meant
            ? `Look in Jaeger after ${written}. To see traces sooner, lower ${path}.`
            : `Set ${path} to ${WAIT} (in a Jaeger of this program, by the stack setting jaeger.config).`,
        // An intended wait is not a fault if there is another one.
        standing: !meant,
        commands: meant ? [] : editFile(file, [{ keys, value: WAIT }], collector?.pods ?? []),
    };
}

function holdersIn(file: CollectorFile): Holder[] {
    const { config } = file;
    return pipelinesOf(config).flatMap(({ processors, exporters }) => [
        ...processors.flatMap((name): Holder[] => {
            const known = PROCESSORS[kindOf(name)];
            if (known === undefined) return [];
            const settings = mapAt(config, "processors", name);
            const written = textOf(settings[known.key]) ?? known.usual;
            const size = Number(settings["send_batch_size"] ?? BATCH_SIZE);
            return [
                {
                    ...{ file, written, keys: ["processors", name, known.key], seconds: secondsOf(written) },
                    ...(kindOf(name) === "batch" && { atOnce: size }),
                    meant: known.meant,
                },
            ];
        }),
        ...exporters.flatMap((name): Holder[] => {
            const written = textAt(config, "exporters", name, "sending_queue", "batch", "flush_timeout");
            if (written === undefined || at(config, "exporters", name, "sending_queue", "enabled") === false) return [];
            const keys = ["exporters", name, "sending_queue", "batch", "flush_timeout"];
            return [{ file, keys, written, seconds: secondsOf(written), meant: false }];
        }),
    ]);
}

/** A number without a unit is in nanoseconds. */
function textOf(value: unknown): string | undefined {
    return typeof value === "number" ? `${String(value)}ns` : typeof value === "string" ? value : undefined;
}
