import { listAll, type ClusterClient } from "./client";
import type { Fact } from "./facts";
import type { Shape } from "../values/shapes";

/** Asks only for what somebody wants. */
export function ifWanted<T, U>(wanted: T | undefined, ask: (wanted: T) => Promise<U>): Promise<U | undefined> {
    return wanted === undefined ? Promise.resolve(undefined) : ask(wanted);
}

/** One object; undefined where there is none. */
export async function one<T>(
    client: ClusterClient,
    path: string,
    shape: Shape<T>,
    accept?: string,
): Promise<Fact<T | undefined>> {
    return map(await client.get(path, accept), (found) => shape(found));
}

/** Objects of a kind; none where there is no such kind. */
export async function list<T>(
    client: ClusterClient,
    path: string,
    shape: Shape<T>,
    accept?: string,
): Promise<Fact<T[]>> {
    return map(await listAll(client, path, shape, accept), (found) => found ?? []);
}

/** The fact with its value changed. */
export function map<T, U>(fact: Fact<T>, change: (value: T) => U): Fact<U> {
    return "failure" in fact ? fact : { value: change(fact.value) };
}
