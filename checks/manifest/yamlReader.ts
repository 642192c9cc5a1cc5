/** The value of YAML text, or the line of its first error. */
export type YamlReading = { value: unknown } | { line: number | undefined };

/** Parses YAML text. */
export type ReadYaml = (text: string) => YamlReading;
