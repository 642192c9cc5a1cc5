import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { upCluster } from "../lab/cluster";
import { ensurePulumi } from "../lab/pulumi";
import { RECORDING, type Recording } from "../tests/contract/compare";
import { makers, record } from "../tests/contract/record";
import { CHAPTERS } from "../tests/contract/situations";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";

runCommand(async (chapters) => {
    const all = Object.keys(CHAPTERS);
    const wrong = chapters.find((name) => !all.includes(name));
    if (wrong !== undefined)
        throw new UserError(`expected chapters of ${all.join(", ")}, got ${JSON.stringify(wrong)}`, 2);
    const lab = await upCluster(say);
    const { binDir, pluginsDir, versions } = await ensurePulumi(say);
    const pulumi = { program: `${binDir}/pulumi`, path: [binDir], pluginsDir, versions };
    const madeBy = makers(lab, pulumi);
    const kept = chapters.length === 0 ? {} : former(madeBy);
    const fresh = await record(lab, pulumi, chapters.length === 0 ? all : chapters, say);
    const known = all.map((name) => [name, fresh[name] ?? kept[name]] as const);
    const recording = { madeBy, chapters: Object.fromEntries(known.filter(([, records]) => records !== undefined)) };
    writeFileSync(RECORDING, `${JSON.stringify(recording, undefined, 1)}\n`);
    say("Recorded tests/contract/recording.json. Next: review it with git diff, then commit it.");
    return 0;
});

/** The chapters that are not recorded again. They must come from the same versions. */
function former(madeBy: Record<string, string>): Recording["chapters"] {
    if (!existsSync(RECORDING)) return {};
    const recording = JSON.parse(readFileSync(RECORDING, "utf8")) as Recording;
    if (JSON.stringify(recording.madeBy) === JSON.stringify(madeBy)) return recording.chapters;
    throw new UserError(
        `expected the versions of the other chapters, ${JSON.stringify(recording.madeBy)}, got ` +
            `${JSON.stringify(madeBy)}. Next: record all chapters with npm run contract`,
    );
}

function say(line: string): void {
    console.log(line);
}
