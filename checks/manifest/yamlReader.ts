/** What YAML text says, or the line at which it is none. */
export type YamlReading = { value: unknown } | { line: number | undefined };

/** Reads YAML text. */
export type ReadYaml = (text: string) => YamlReading;
