import type { BadConfiguration } from "./refusal";

const EXISTING = { "istio.install": "false" };
const release = (more: object = {}): object => ({
    name: "istiod",
    namespace: "istio-system",
    version: "1.31.1",
    ...more,
});
const adopted = (istiod: object, base?: object): Record<string, string> => ({
    ...EXISTING,
    "istio.adopted": JSON.stringify({ istiod, base }),
});
const KEY = "istio.adopted";

/** Settings of an adopted Istio, which people are not meant to write. */
export const BAD_ADOPTED: BadConfiguration[] = [
    [
        "an adopted Istio beside one of the program's own",
        { [KEY]: JSON.stringify({ istiod: release() }) },
        KEY,
        /install is true/,
    ],
    [
        "CRDs without their istiod",
        { ...EXISTING, [KEY]: JSON.stringify({ base: release() }) },
        KEY,
        /to which base belongs/,
    ],
    [
        "a release without a version",
        adopted(release({ version: undefined })),
        `${KEY}.istiod.version`,
        /version of a chart/,
    ],
    [
        "a version that lost its spelling",
        adopted(release({ version: 1.31 })),
        `${KEY}.istiod.version`,
        /version of a chart/,
    ],
    [
        "a name that Helm does not take",
        adopted(release({ name: "Istiod!" })),
        `${KEY}.istiod.name`,
        /name of a Helm release/,
    ],
    ["values with a null", adopted(release({ values: { a: { b: null } } })), `${KEY}.istiod.values.a.b`, /drops null/],
    [
        "values of the CRDs with a null",
        adopted(release(), release({ values: { a: null } })),
        `${KEY}.base.values.a`,
        /null/,
    ],
    [
        "another provider of that name",
        adopted(release({ values: { meshConfig: { extensionProviders: [{ name: "tracing", zipkin: {} }] } } })),
        `${KEY}.istiod.values.meshConfig.extensionProviders`,
        /no other provider with the name tracing/,
    ],
    [
        "nothing to restore",
        { ...EXISTING, "istio.adoptedState": "restored" },
        "istio.adoptedState",
        /holds what to restore/,
    ],
    [
        "a state that there is not",
        { ...adopted(release()), "istio.adoptedState": "gone" },
        "istio.adoptedState",
        /traced .* or restored/,
    ],
];
