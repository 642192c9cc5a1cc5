import type { z } from "zod";

/** A value inside a setting that is an object or a list. */
export interface NestedField {
    /** Its path below the setting, such as `limits.memory`; `<name>` for any name, `[]` for each item of a list. */
    path: string;
    required: boolean;
    /** The default, if the schema has one. */
    preset: unknown;
    /** The accepted values, in the words of its error; undefined if it accepts anything. */
    expected: string | undefined;
    /** The text of its `.describe()`. */
    meaning: string | undefined;
}

/** The part of a schema's definition that this file reads. Its fields depend on the type. */
interface Definition {
    type: string;
    in?: z.ZodType;
    innerType?: z.ZodType;
    defaultValue?: unknown;
    shape?: Record<string, z.ZodType>;
    valueType?: z.ZodType;
    element?: z.ZodType;
}

/** Every value that may stand inside of a setting, in the order of its schema; `.meta({ whole: true })` makes one of many. */
export function nestedFields(schema: z.ZodType, path = "", required = false): NestedField[] {
    const inner = unwrap(schema);
    const { type, shape, valueType, element } = definition(inner);
    const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
    if (metadataOf(schema, "whole") === true) return [asOne(schema, path, required)];
    if (type === "object") {
        return Object.entries(shape ?? {}).flatMap(([name, child]) =>
            nestedFields(child, at(name), !child.safeParse(undefined).success),
        );
    }
    if (type === "record" && valueType !== undefined) return nestedFields(valueType, at("<name>"));
    if (type === "array" && element !== undefined) return nestedFields(element, `${path}[]`);
    return path === "" ? [] : [asOne(schema, path, required)];
}

function asOne(schema: z.ZodType, path: string, required: boolean): NestedField {
    const meaning = metadataOf(schema, "description") as string | undefined;
    return { path, required, preset: preset(schema), expected: expectation(unwrap(schema)), meaning };
}

function preset(schema: z.ZodType): unknown {
    const { type, in: input, innerType, defaultValue } = definition(schema);
    const next = input ?? innerType;
    return type === "default" ? defaultValue : next === undefined ? undefined : preset(next);
}

/** The schema of the value in the configuration, before the program transforms it. */
function unwrap(schema: z.ZodType): z.ZodType {
    const { in: input, innerType } = definition(schema);
    const next = input ?? innerType;
    return next === undefined ? schema : unwrap(next);
}

/** What `.describe()` or `.meta()` say of a schema, or of what it is made of. */
function metadataOf(schema: z.ZodType, name: "description" | "whole"): unknown {
    const { in: input, innerType } = definition(schema);
    const next = input ?? innerType;
    return schema.meta()?.[name] ?? (next === undefined ? undefined : metadataOf(next, name));
}

/** No configuration can contain a symbol, so the error names the accepted values. */
function expectation(schema: z.ZodType): string | undefined {
    return schema.safeParse(Symbol("nothing that fits")).error?.issues[0]?.message;
}

function definition(schema: z.ZodType): Definition {
    return schema.def;
}
