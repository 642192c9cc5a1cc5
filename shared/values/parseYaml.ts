/** Parses YAML text; undefined if it is not valid YAML. */
export type ParseYaml = (text: string) => unknown;
