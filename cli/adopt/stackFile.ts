import { isMap } from "yaml";
import { PROJECT } from "../../shared/names/project";
import { parseStackDocument, stackText } from "../../shared/stacks/stackDocument";
import { UserError } from "../../shared/terminal/errors";

/**
 * The text of a stack's file with settings of the group `istio`; undefined removes one. Comments, encrypted values and
 * the order of everything else stay as they are.
 *
 * @param name of the file, for errors.
 * @throws UserError with exit code 2 if the file cannot be changed.
 */
export function withIstioSettings(text: string, name: string, settings: Record<string, unknown>): string {
    const document = parseStackDocument(text, name);
    if ((document.get("config") ?? null) === null) document.set("config", document.createNode({}));
    const config = document.get("config");
    if (!isMap(config)) throw notMap(name, "config");
    const key = ["istio", `${PROJECT}:istio`].find((one) => config.has(one)) ?? `${PROJECT}:istio`;
    if ((config.get(key) ?? null) === null) config.set(key, document.createNode({}));
    const istio = config.get(key);
    if (!isMap(istio) || istio.has("secure")) throw notMap(name, key);
    // Maps in one line would become unreadable.
    config.flow = false;
    istio.flow = false;
    for (const [member, value] of Object.entries(settings)) {
        if (value === undefined) istio.delete(member);
        else istio.set(member, document.createNode(value));
    }
    return stackText(document, text);
}

function notMap(name: string, key: string): UserError {
    return new UserError(
        `${name}: expected ${key} to be an object with settings below it, in plain text, got something else. ` +
            "Nothing was written. Next: write it like Pulumi.prod.yaml.",
        2,
    );
}
