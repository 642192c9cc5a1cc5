/** A stack trace with the lines of the project's TypeScript files, in place of those of their translation. */
export function originalStack(stack: string): string;
