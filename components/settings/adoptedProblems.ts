import type { AdoptedReleases } from "../adopted";
import type { Collector } from "../collector";
import { renderMissingProvider } from "../render/wantedMesh";
import type { PlainObject } from "../../shared/values/plainObjects";
import { findAdoptedValuesProblems, findNullProblems } from "./adoptedValues";
import { showSetting, type SettingsProblem } from "./problems";

/** The settings of an adopted Istio. */
export interface AdoptedSettings {
    collector: Collector;
    istio: {
        namespace: string;
        rootNamespace: string | undefined;
        provider: string;
        adopted: AdoptedReleases | undefined;
        adoptedState: "traced" | "restored";
    };
}

/** The extension provider that the program adds to somebody else's mesh. */
export function tracingProvider({ collector, istio }: AdoptedSettings): PlainObject {
    return renderMissingProvider({ ...istio, collector, rootNamespace: istio.rootNamespace ?? "" });
}

/** What in the settings of an adopted Istio cannot be used. */
export function findAdoptedProblems(settings: AdoptedSettings): SettingsProblem[] {
    const { adopted, adoptedState } = settings.istio;
    if (adopted === undefined) {
        return adoptedState === "traced"
            ? []
            : [
                  {
                      key: "istio.adoptedState",
                      expected: "istio.adopted, which holds what to restore",
                      got: showSetting(adoptedState),
                      next: "remove it: pulumi config rm --path istio.adoptedState",
                  },
              ];
    }
    const { istiod, base } = adopted;
    return [
        ...findAdoptedValuesProblems("istio.adopted.istiod.values", istiod.values, tracingProvider(settings)),
        ...(base === undefined ? [] : findNullProblems("istio.adopted.base.values", base.values)),
    ];
}
