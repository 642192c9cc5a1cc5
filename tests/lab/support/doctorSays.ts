import type { DoctorFinding } from "../../../doctor/segments";
import type { Cluster } from "../../../lab/cluster";
import { assertHealthy, examine } from "../doctor/examine";
import { eventually } from "./sharedLab";

const FEW = { requests: 10 };

/** The doctor's finding of that name, once it has it. */
export function named(lab: Cluster, id: string, seconds = 120): Promise<DoctorFinding> {
    return eventually(seconds, async () => {
        const { findings } = await examine(lab, FEW);
        const found = findings.find((finding) => finding.id === id);
        return found ?? `no ${id}, but: ${findings.map((finding) => `${finding.id}: ${finding.got}`).join("\n")}`;
    });
}

/** Waits until the doctor finds nothing. */
export async function healthy(lab: Cluster, seconds = 150): Promise<void> {
    await eventually(seconds, () =>
        assertHealthy(lab, FEW).then(
            () => true as const,
            (error: unknown) => String(error),
        ),
    );
}
