import { z } from "zod";

/** What a setting takes, in words that an error shows. */
export interface Field {
    /** Form, range and unit. */
    expected: string;
    /** What to do when the value is not that. */
    next: string;
    schema: z.ZodType;
    /** What it is for; required for a setting of a group, since Pulumi.yaml describes whole keys only. */
    meaning?: string;
    /** Replaces `expected` and `next` for a fault that the schema names in `params.fault`. */
    faults?: Readonly<Record<string, { expected: string; next: string }>>;
    /** Value when the stack says nothing, in the form in which a stack file holds it. */
    default: unknown;
    /** What counts when the stack says nothing, where other settings decide that; the value is that of their defaults. */
    follows?: { preset: string; from: readonly string[] };
    /** True for values that no message may show; or names of the fields of an object to which that applies. */
    secret?: boolean | readonly string[];
    /** True for values that a stack's file may hold only as `pulumi config set --secret` writes them. */
    encrypted?: boolean;
}

/** True for a setting of whose value, or of a part of it, messages show nothing. */
export function isSecret({ secret = false }: Field): boolean {
    return secret !== false;
}

/** Advice for a setting that takes one of a few words. */
export const CHOICE_NEXT = "set one of the values named";

/** `true` or `false` as text, in which form every scalar of a stack file reaches the program. */
export const BOOLEAN = z.enum(["true", "false"]).transform((text) => text === "true");

/** A single label of a DNS name, which is also the form of a namespace's name. */
export const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** A DNS name of one or more labels. */
export const dnsName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** True for a DNS name that is no IPv4 address with a mistake in it, which a last label of digits alone would be. */
export function isHostName(host: string): boolean {
    return host.length <= 253 && dnsName.test(host) && !/(^|\.)\d+$/.test(host);
}

/** A decimal number between bounds with at most so many decimals, as digits only: no sign, exponent or blank. */
export function decimal(minimum: number, maximum: number, decimals: number): z.ZodType<number> {
    const whole = "(0|[1-9]\\d{0,8})";
    const form = new RegExp(decimals === 0 ? `^${whole}$` : `^${whole}(\\.\\d{1,${String(decimals)}})?$`);
    return z
        .string()
        .regex(form)
        .transform(Number)
        .refine((value) => value >= minimum && value <= maximum);
}

/** A number, or the same as text, in which form `pulumi config set --path` writes it. */
export function numeric(form: RegExp, minimum: number, maximum: number, error: string): z.ZodType<number> {
    return z
        .union([z.number(), z.string()], { error })
        .transform(String)
        .refine((digits) => form.test(digits) && Number(digits) >= minimum && Number(digits) <= maximum, { error })
        .transform(Number);
}

/** A namespace that the program creates. */
export const OWN_NAMESPACE = {
    expected:
        "a separate namespace: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit, " +
        'not "default" and not starting with "kube-"',
    next: "choose a name that no other team's namespace has; the program creates and owns it",
    schema: z
        .string()
        .regex(dnsLabel)
        .refine((name) => !name.startsWith("kube-") && name !== "default"),
} satisfies Omit<Field, "default">;
