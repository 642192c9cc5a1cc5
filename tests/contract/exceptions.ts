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

export const EXCEPTIONS: readonly Exception[] = [];
