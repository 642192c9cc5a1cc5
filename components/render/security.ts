/** Pod security context that satisfies the Pod Security Standard `restricted`. */
export interface RestrictedPod {
    runAsNonRoot: true;
    runAsUser?: number;
    runAsGroup?: number;
    fsGroup?: number;
    seccompProfile: { type: "RuntimeDefault" };
}

/**
 * The security context of a pod.
 *
 * @param user of the image, as a number.
 * @param platformUserIds true where the platform gives every namespace users of its own, and refuses others.
 */
export function restrictedPod(user: number, platformUserIds: boolean): RestrictedPod {
    return {
        runAsNonRoot: true,
        ...(!platformUserIds && { runAsUser: user, runAsGroup: user, fsGroup: user }),
        seccompProfile: { type: "RuntimeDefault" },
    };
}

/** Container security context that satisfies the Pod Security Standard `restricted`. */
export const RESTRICTED_CONTAINER = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
};
