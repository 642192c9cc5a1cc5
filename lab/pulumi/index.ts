export { ensurePulumi, pulumiIsCached, type Pulumi, type PulumiArtifacts, type PulumiVersions } from "./artifacts";
export { choiceForStack, choiceOfEnvironment, choosePulumi, describePulumi, type PulumiChoice } from "./choose";
export { exportPulumiStack, pulumiOutputs, runPulumi } from "./cli";
export { backendHolds, labConfigFile, pulumiHome, type PulumiHome } from "./environment";
