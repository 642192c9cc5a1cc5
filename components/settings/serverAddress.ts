import { isIPv4 } from "node:net";
import { z } from "zod";
import { isHostName } from "./field";

/** Text that a check accepts, or `expected` as the error. */
export function text(expected: string, isRight: (value: string) => boolean): z.ZodType<string> {
    return z.string({ error: expected }).refine(isRight, { error: expected });
}

/** True for `HOST` or `HOST:PORT`, where the host is a DNS name or an IPv4 address. */
export function isServer(address: string): boolean {
    const [host = "", port = "1", ...rest] = address.split(":");
    const isPort = /^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65535;
    return rest.length === 0 && isPort && (isHostName(host) || isIPv4(host));
}

/** True for `HOST:PORT`, where the host is a DNS name or an IPv4 address. */
export function isServerWithPort(address: string): boolean {
    return isServer(address) && address.includes(":");
}

/** The name of a user: printable ASCII without a colon. */
export const USER_NAME = "1 to 200 printable ASCII characters without a colon";

/** True for {@link USER_NAME}. */
export function isUserName(name: string): boolean {
    return /^[!-9;-~]([ -9;-~]{0,198}[!-9;-~])?$/.test(name);
}
