import { join } from "node:path";
import { UserError } from "../shared/terminal/errors";
import { runCommand } from "../shared/terminal/run";
import { packDoctor } from "./pack/index";

/** Writes what the image of the doctor in the cluster needs into a folder; doctor/Dockerfile calls it. */
runCommand(() => {
    const [folder, ...others] = process.argv.slice(2);
    if (folder === undefined || folder.startsWith("-") || others.length > 0)
        throw new UserError("expected one folder for the doctor's files. Next: node cli/bootstrap.mjs pack FOLDER", 2);
    const { files, packages } = packDoctor(join(__dirname, ".."), folder);
    console.log(`Wrote ${String(files)} files and ${String(packages)} packages into ${folder}.`);
    return Promise.resolve(0);
});
