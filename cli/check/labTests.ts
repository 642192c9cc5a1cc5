import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { runMocha } from "./mocha";

/** Folder of the tests that need a lab. */
export const LAB_TESTS = join(dirname(dirname(__dirname)), "tests", "lab");

/**
 * Paths from {@link LAB_TESTS} of the files that only `npm run test:full` runs, so that `npm test` takes minutes: further
 * cases of what a file beside them proves.
 */
export const ONLY_IN_FULL_RUN: readonly string[] = [
    "cluster/restart.test.ts",
    "doctor/envoyFilters.test.ts",
    "doctor/handmadeEndpoints.test.ts",
    "doctor/healthyVariations.test.ts",
    "doctor/installedValues.test.ts",
    "doctor/login.test.ts",
    "doctor/namespaces.test.ts",
    "doctor/networkPolicies.test.ts",
    "doctor/outsideCollector.test.ts",
    "doctor/propagation.test.ts",
    "doctor/proxyConfig.test.ts",
    "doctor/routing.test.ts",
    "doctor/sidecar.test.ts",
    "doctor/spanLoss.test.ts",
    "doctor/targets.test.ts",
    "doctor/twoFaults.test.ts",
    "engine/killed.test.ts",
    "engine/operations.test.ts",
    "lifecycle/chartRepository.test.ts",
    "lifecycle/cni.test.ts",
    "lifecycle/platformRules.test.ts",
    "metrics/alertFaults.test.ts",
    "metrics/discovery.test.ts",
    "metrics/operator.test.ts",
    "metrics/partAlerts.test.ts",
    "metrics/queries.test.ts",
    "metrics/quiet.test.ts",
    "scale/autoscaling.test.ts",
    "scale/ceiling.test.ts",
    "scale/doctor.test.ts",
    "scale/endings.test.ts",
    "scale/faults.test.ts",
    "scale/resolver.test.ts",
    "scale/single.test.ts",
    "scale/strangersFaults.test.ts",
    "storage/autoscaledRoles.test.ts",
    "storage/cassandra.test.ts",
    "storage/kafka.test.ts",
    "storage/kafkaFaults.test.ts",
    "storage/search.test.ts",
    "storage/storageMove.test.ts",
    "storage/storeFaults.test.ts",
    "storage/strangersFaults.test.ts",
    "tracing/outsideCollector.test.ts",
    "ui/route.test.ts",
    "ui/secrets.test.ts",
];

/** The lab's test files, by path. */
export function labTestFiles({ full }: { full: boolean }): string[] {
    const left = new Set(full ? [] : ONLY_IN_FULL_RUN);
    return readdirSync(LAB_TESTS, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts") && !left.has(file))
        .sort()
        .map((file) => join(LAB_TESTS, file));
}

/** The names of tests, without running them. */
export async function testTitles(files: string[]): Promise<string[]> {
    const { tests } = await runMocha(files, { args: ["--dry-run"] });
    return tests.map(({ title }) => title);
}
