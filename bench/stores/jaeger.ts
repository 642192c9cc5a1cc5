import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STORAGE_PATHS } from "../../components/render/jaegerStorage";
import { ensureJaegerProgram } from "../../lab/images/jaeger";
import { JAEGER_PORTS } from "../../shared/names/ports";
import { isPlainObject, type PlainObject } from "../../shared/values/plainObjects";
import { listens, type Place } from "./place";
import { Program } from "./program";

/** Jaeger sends spans of its own queries to port 4317 of its pod, and waits long for it at its end if it is not there. */
const OWN_TRACES_OFF = ["OTEL_TRACES_SAMPLER=always_off"];

/** Starts a Jaeger with a configuration of the program's, which is changed only so that it fits next to other programs. */
export async function startJaeger(name: string, config: PlainObject, place: Place): Promise<Program> {
    const { host, folder, signal, say } = place;
    const jaeger = await ensureJaegerProgram(say);
    const file = join(folder, `${name}.json`);
    const data = join(folder, "jaeger");
    mkdirSync(data, { recursive: true });
    writeFileSync(file, JSON.stringify(placedAt(config, host, data), undefined, 4));
    const program = new Program(
        name,
        ["env", ...OWN_TRACES_OFF, jaeger, "--config", file],
        join(folder, `${name}.log`),
    );
    await program.answers(async () => {
        const up = await listens(host, JAEGER_PORTS.health);
        if (up !== true) return up;
        const { ok, status } = await fetch(`http://${host}:${String(JAEGER_PORTS.health)}/status`, { signal });
        return ok ? true : `its health check answers ${String(status)}`;
    }, signal);
    return program;
}

/** The configuration of a pod, for one address of the machine instead of all, and with a folder for the volume. */
export function placedAt(config: PlainObject, host: string, data: string): PlainObject {
    const placed = (value: unknown, key = ""): unknown => {
        if (Array.isArray(value)) return value.map((one) => placed(one));
        if (isPlainObject(value))
            return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, placed(one, name)]));
        if (typeof value !== "string") return value;
        if (key === "endpoint" && value.startsWith(":")) return host + value;
        if (key === "host" && value === "") return host;
        return value.startsWith(`${STORAGE_PATHS.data}/`) ? data + value.slice(STORAGE_PATHS.data.length) : value;
    };
    return Object.fromEntries(Object.entries(config).map(([name, one]) => [name, placed(one, name)]));
}
