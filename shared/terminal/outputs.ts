/** The outputs of a stack for people, a line each; objects as JSON. */
export function formatOutputs(outputs: Record<string, unknown>): string[] {
    return Object.entries(outputs).map(([name, value]) => {
        const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
        return `  ${name}: ${text}`;
    });
}
