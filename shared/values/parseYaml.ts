/** Reads YAML text; undefined when it is none. */
export type ParseYaml = (text: string) => unknown;
