import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { runAdopt } from "../../../../cli/adopt/index";
import type { AdoptResult } from "../../../../cli/adopt/task";
import { mapAt, type PlainObject } from "../../../../shared/values/plainObjects";

/** Runs the command for the stack `mesh` with its file; writes unless told otherwise. */
export function adoptInto(
    configFile: string,
    kubeconfig: string,
    options: { yes?: boolean; undo?: boolean } = {},
): Promise<AdoptResult> {
    return runAdopt({ ...{ stack: "mesh", configFile, kubeconfig, undo: false, yes: true }, ...options });
}

/** The settings about Istio in a stack's file. */
export function istioSettings(file: string): PlainObject {
    return mapAt(parse(readFileSync(file, "utf8")), "config", "istio-tracing:istio");
}
