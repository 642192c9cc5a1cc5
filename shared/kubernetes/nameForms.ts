const DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
const dnsSubdomain = new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`);
const qualifiedPart = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** True for a name that most objects may have, such as a Secret: a DNS name of at most 253 characters. */
export function isObjectName(text: string): boolean {
    return text.length <= 253 && dnsSubdomain.test(text);
}

/**
 * True for the key of a label, a taint or an annotation: a name, which a DNS name and a slash may precede.
 *
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function isQualifiedName(text: string): boolean {
    const slash = text.indexOf("/");
    if (slash === -1) return qualifiedPart.test(text);
    return isObjectName(text.slice(0, slash)) && qualifiedPart.test(text.slice(slash + 1));
}

/** True for the value of a label, which may be empty. */
export function isLabelValue(text: string): boolean {
    return text === "" || qualifiedPart.test(text);
}
