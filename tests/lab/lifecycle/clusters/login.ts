import type { Cluster } from "../../../../lab/cluster";
import { forward } from "../../ui/gateway";

const USER = { username: "anna", password: "correct-horse-9" };

/** Who may see the UI, as the setting has it, and as the doctor takes it. */
export const UI_LOGIN = { setting: JSON.stringify(USER), login: `${USER.username}:${USER.password}` };

/** A way to the stack's own Jaeger, with the login. */
export async function openJaegerWith(lab: Cluster): Promise<{ url: string; close: () => Promise<void> }> {
    const { port, stop } = await forward(lab, "istio-system", "jaeger-query", 16686);
    return { url: `http://${UI_LOGIN.login}@127.0.0.1:${String(port)}`, close: stop };
}
