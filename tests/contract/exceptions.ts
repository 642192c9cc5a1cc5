import type { Json } from "./facts";

/** A fact in which the engine is not like the CLI, and why that is right. */
export interface Exception {
    why: string;
    /** By default in each chapter, and in each situation. */
    chapter?: string;
    situations?: string[];
    /** The way to the fact; `*` stands for any one part of it. */
    path: string[];
    /** What each of them says; undefined where it says nothing. */
    cli?: Json;
    engine?: Json;
}

const volume = "contract:index:Bundle$kubernetes:core/v1:PersistentVolumeClaim::bundle-volume";
const storage = [volume, "inputs", "spec", "resources", "requests", "storage"];
const quantities = {
    why: "The provider writes the quantities of known kinds in Kubernetes' own form. The engine knows that 1024Mi is 1Gi, but leaves the program's text in the inputs.",
    chapter: "kinds",
    ...{ cli: "1Gi", engine: "1024Mi" },
};

export const EXCEPTIONS: readonly Exception[] = [
    ...["create", "same"].map((op) => ({
        ...quantities,
        path: ["plan", "steps", `${op} ${volume}`, ...storage.slice(1)],
    })),
    { ...quantities, path: ["result", "state", ...storage] },
];
