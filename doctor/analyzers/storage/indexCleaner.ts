import type { Evidence } from "../../evidence";
import type { IndexCleaner } from "../../evidence/indexCleaners";
import { faultIn, type StoreFault } from "../../evidence/storeErrors";
import { fullName } from "../../inventory/mesh";
import { patchCommand, unusedName, type Command } from "../../remediation/commands";
import type { DoctorFinding } from "../../segments";
import { draftFor } from "../draft";

const make = draftFor("storage");

const CURES: Partial<Record<StoreFault, string>> = {
    login:
        "Give its user the rights to list and to delete Jaeger's indices: view_index_metadata and delete_index in Elasticsearch, " +
        "indices:admin/get and indices:admin/delete in OpenSearch; or correct jaegerStoragePassword.",
    certificate: "Correct jaeger.storage.tls.ca or jaeger.storage.tls.serverName, then: pulumi up.",
    unreachable: "Start the server that its argument names, or correct jaeger.storage.serverUrls.",
};

/** Jobs that should delete old indices of a search engine, and do not, so that its disks fill. */
export function indexCleanersFailing({ indexCleaners = [] }: Evidence): DoctorFinding[] {
    return indexCleaners.filter(({ failures, suspended }) => failures > 0 || suspended).map(describe);
}

function describe({ cronJob, suspended, failures, succeededAt, line, runs }: IndexCleaner): DoctorFinding {
    const { name, namespace = "" } = cronJob.metadata;
    const since = succeededAt === undefined ? "none is known to have succeeded" : `the last success was ${succeededAt}`;
    const fault = line === undefined ? undefined : faultIn(line);
    const cure = (fault === undefined ? undefined : CURES[fault]) ?? "Correct what that line names.";
    const job = unusedName(`${name}-by-hand`, namespace, runs);
    const commands: Command[] = suspended
        ? [patchCommand("cronjob", cronJob, [{ op: "replace", path: "/spec/suspend", value: false }])]
        : [
              { verb: "runJob", cronJob: name, namespace, job },
              { verb: "awaitJob", namespace, job },
          ];
    return make({
        id: "index-cleaner-failing",
        severity: "warning",
        resource: `CronJob ${fullName(cronJob)}`,
        expected: "a job that deletes old indices every day",
        got: suspended
            ? `spec.suspend is true, so that nothing is deleted; ${since}`
            : `${String(failures)} runs that failed in a row; ${since}${line === undefined ? "" : `; last: ${line}`}`,
        cure: suspended ? "Resume it." : `${cure} Then let it run at once with the commands.`,
        commands,
        values: {},
    });
}
