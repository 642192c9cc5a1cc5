export { ensurePulumi, pulumiIsCached, type PulumiArtifacts, type PulumiVersions } from "./artifacts";
export { choiceOfEnvironment, choosePulumi, describePulumi, type Pulumi, type PulumiChoice } from "./choose";
export { pulumiOutputs, runPulumi } from "./cli";
export { labConfigFile, pulumiHome, type PulumiHome } from "./environment";
