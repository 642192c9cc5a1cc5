import { z } from "zod";
import { dnsLabel, dnsName } from "./field";
import { annotations } from "./labelFields";

const NAMESPACE = "a namespace: 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit";
const OBJECT_NAME = "the name of an object: at most 253 of a-z, 0-9, - and .";

/** The gateway of the Gateway API at which somebody else lets the UI in. */
export const PARENT_GATEWAY_SCHEMA = z.strictObject({
    namespace: text(NAMESPACE, isNamespace).describe("with httpRoute: namespace of the Gateway; required with it"),
    name: text(OBJECT_NAME, isName).describe("with httpRoute: name of the Gateway; required with it"),
    section: text(OBJECT_NAME, isName).describe(
        "with httpRoute: one of its listeners; default: every listener that matches",
    ),
});

/** The Ingress of the UI. */
export const INGRESS_SCHEMA = z.strictObject({
    className: text(OBJECT_NAME, isName).describe("with ingress: IngressClass; default: that of the cluster"),
    annotations: annotations("with ingress: annotations of the Ingress, for its controller", (key) =>
        ["helm.sh", "meta.helm.sh", "pulumi.com", "istio-tracing"].includes(key.split("/")[0] ?? ""),
    ).optional(),
});

/** Where requests for the UI come from. */
export const FROM_SCHEMA = z.strictObject({
    namespace: text(NAMESPACE, isNamespace).describe(
        "with httpRoute or ingress: namespace of the pods that forward requests; then only this namespace may query " +
            "Jaeger",
    ),
    serviceAccount: text(OBJECT_NAME, isName).describe(
        "with httpRoute or ingress and jaegerAccess mesh: their service account in the mesh",
    ),
});

function text(expected: string, isRight: (value: string) => boolean) {
    return z.string({ error: expected }).refine(isRight, { error: expected }).optional();
}

function isNamespace(value: string): boolean {
    return dnsLabel.test(value);
}

function isName(value: string): boolean {
    return value.length <= 253 && dnsName.test(value);
}
