export { ensurePulumi, pulumiIsCached, type PulumiArtifacts, type PulumiVersions } from "./artifacts";
export { choiceOfEnvironment, choosePulumi, describePulumi, type Pulumi, type PulumiChoice } from "./choose";
export { pulumiOutputs, runPulumi } from "./cli";
export { pulumiHome, type PulumiHome } from "./environment";
