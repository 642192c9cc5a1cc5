const HIDDEN = "***";

/** What stands before the host of a URL. A password may hold a slash or another @; a port is none. */
const WITH_SCHEME = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s"'`<>:/?#@]*:(?!\d+(?:[/?#]|$))[^\s"'`<>]*@|[^\s"'`<>/?#]*@)/gi;

/** The same without a scheme, as in `user:password@registry.example.com/istio`. An image may have a digest behind the @. */
const WITHOUT_SCHEME = /(^|[\s"'`(=,])[^\s"'`@/:(=,]+:(?!\/\/)[^\s"'`@]+@(?!sha(256|512):)(?=[\w[])/g;

/** Words of a URL's query that stand before a credential. */
const IN_QUERY = /([?&;][\w.-]*(?:auth|credential|key|password|passwd|pwd|secret|sig|token)[\w.-]*=)[^\s"'`&#;]+/gi;

/** A text for people without the passwords and tokens of the URLs in it. */
export function redact(text: string): string {
    return text
        .replace(WITH_SCHEME, `$1${HIDDEN}@`)
        .replace(WITHOUT_SCHEME, `$1${HIDDEN}@`)
        .replace(IN_QUERY, `$1${HIDDEN}`);
}
