import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import type { Login } from "./cassandra";

/** The two messages of a client. */
export interface ScramClient {
    first: string;
    /** @param answer what the server said to the first. */
    final: (answer: string) => string;
}

/** Shows a server that somebody knows the password, without the password: https://www.rfc-editor.org/rfc/rfc5802 */
export function scramClient(
    hash: "sha256" | "sha512",
    { username, password }: Login,
    nonce: string = randomBytes(18).toString("base64"),
): ScramClient {
    const name = username.replaceAll("=", "=3D").replaceAll(",", "=2C");
    const bare = `n=${name},r=${nonce}`;
    return {
        first: `n,,${bare}`,
        final: (answer) => {
            const given = new Map(answer.split(",").map((part) => [part.slice(0, 1), part.slice(2)]));
            const [salt, rounds, both] = [given.get("s") ?? "", Number(given.get("i")), given.get("r") ?? ""];
            if (!both.startsWith(nonce) || !(rounds > 0)) throw new Error("an answer that is not SCRAM");
            const length = hash === "sha512" ? 64 : 32;
            const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), rounds, length, hash);
            const clientKey = createHmac(hash, salted).update("Client Key").digest();
            const storedKey = createHash(hash).update(clientKey).digest();
            const withoutProof = `c=biws,r=${both}`;
            const signature = createHmac(hash, storedKey).update(`${bare},${answer},${withoutProof}`).digest();
            const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
            return `${withoutProof},p=${Buffer.from(proof).toString("base64")}`;
        },
    };
}
