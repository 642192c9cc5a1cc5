import { z } from "zod";
import { TRACING_PROVIDER } from "../render/meshConfig";
import { BOOLEAN, CHOICE_NEXT, dnsLabel, type Field } from "./field";

const LABEL = "1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit";

/** Settings for an existing Istio, which the program neither installs nor removes. */
export const EXISTING_MESH_FIELDS = {
    "istio.install": {
        meaning:
            "Whether the program installs Istio (`true`), or traces an existing one that its owner keeps managing " +
            "(`false`).",
        expected: "true (the program installs Istio) or false (it traces the Istio that the cluster has)",
        next: CHOICE_NEXT,
        schema: BOOLEAN,
        default: "true",
    },
    "istio.provider": {
        meaning:
            "With `istio.install` false: the extension provider of that mesh's configuration that sends spans to the " +
            "collector of this stack.",
        expected: "the name of an extension provider, at most 253 characters without blanks",
        next: "name one of extensionProviders in the mesh configuration: kubectl get configmap istio -n istio-system -o yaml",
        schema: z.string().regex(/^\S{1,253}$/),
        default: TRACING_PROVIDER,
    },
    "istio.revision": {
        meaning:
            "Revision of the control plane. With `istio.install` true, it is part of the names of istiod and its " +
            "objects, and has at most 56 characters. With `istio.install` false, it is the revision to trace, " +
            "required if the cluster has several; no other revision applies the program's mesh-wide Telemetry. " +
            "Namespaces and pods of the program get the label `istio.io/rev` with the first of istio.revisionTags, " +
            "or with the revision.",
        expected: `the revision of a control plane, not a tag: ${LABEL}; or empty for the default revision`,
        next: "write it like 1-31-1, or list those of the cluster: kubectl get deployments -A -l app=istiod -L istio.io/rev",
        schema: z.string().refine((text) => text === "" || dnsLabel.test(text)),
        default: "",
    },
    "istio.rootNamespace": {
        meaning:
            "With `istio.install` false: the namespace whose Istio objects apply to the whole mesh. By default, the " +
            "one that the mesh configuration names, otherwise istio.namespace.",
        expected: `the name of a namespace, ${LABEL}; or nothing to use that of the mesh configuration`,
        next: "omit it; the mesh configuration names it as rootNamespace",
        schema: z.string().refine((text) => text === "" || dnsLabel.test(text)),
        default: "",
    },
    "istio.ambient": {
        meaning:
            "With `istio.install` false: whether a mesh that also serves ambient workloads is refused (`refuse`), or traced " +
            "where it has sidecars (`sidecarsOnly`). ztunnel creates no spans.",
        expected: "refuse (an ambient mesh is not traced) or sidecarsOnly (it is traced where it has sidecars)",
        next: CHOICE_NEXT,
        schema: z.enum(["refuse", "sidecarsOnly"]),
        default: "refuse",
    },
} as const satisfies Record<string, Field>;
