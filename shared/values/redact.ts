const HIDDEN = "***";

/**
 * The user information before the host of a URL. A password can contain a slash or another @; a port is not a password.
 */
const WITH_SCHEME = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s"'`<>:/?#@]*:(?!\d+(?:[/?#]|$))[^\s"'`<>]*@|[^\s"'`<>/?#]*@)/gi;

/**
 * The same without a scheme, as in `user:password@registry.example.com/istio`. An image can have a digest after the @.
 */
const WITHOUT_SCHEME = /(^|[\s"'`(=,])[^\s"'`@/:(=,]+:(?!\/\/)[^\s"'`@]+@(?!sha(256|512):)(?=[\w[])/g;

/** Parameters of a URL's query that contain a credential. */
const IN_QUERY = /([?&;][\w.-]*(?:auth|credential|key|password|passwd|pwd|secret|sig|token)[\w.-]*=)[^\s"'`&#;]+/gi;

/** A text for people, without the passwords and tokens of its URLs. */
export function redact(text: string): string {
    return text
        .replace(WITH_SCHEME, `$1${HIDDEN}@`)
        .replace(WITHOUT_SCHEME, `$1${HIDDEN}@`)
        .replace(IN_QUERY, `$1${HIDDEN}`);
}
