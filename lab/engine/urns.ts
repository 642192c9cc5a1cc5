import type { Alias } from "./types";

export const stackType = "pulumi:pulumi:Stack";

export interface Place {
    stack: string;
    project: string;
}

/** The types of a resource and its parents, joined by `$`. */
const typesIn = (urn: string): string => urn.split("::")[2] ?? "";
export const typeIn = (urn: string): string => typesIn(urn).split("$").at(-1) ?? "";
export const nameIn = (urn: string): string => urn.split("::").slice(3).join("::");

export function urnOf({ stack, project }: Place, type: string, name: string, parent = ""): string {
    const above = typesIn(parent);
    const chain = above === "" || above === stackType ? type : `${above}$${type}`;
    return `urn:pulumi:${stack}::${project}::${chain}::${name}`;
}

/** The parts of a provider's `URN::ID`. */
export function providerIn(reference: string): { urn: string; id: string } {
    const cut = reference.lastIndexOf("::");
    return { urn: reference.slice(0, cut), id: reference.slice(cut + 2) };
}

/** The former URNs of a run's resources. */
export class Aliases {
    private readonly place: Place;
    /** URN to the one in the state, if they differ. */
    private readonly used = new Map<string, string>();

    constructor(place: Place) {
        this.place = place;
    }

    use(urn: string, former: string): void {
        this.used.set(urn, former);
    }

    /** Possible former URNs of a resource, from its own aliases and those of its parent. */
    of(type: string, name: string, parent: string | undefined, aliases: Alias[]): string[] {
        const own = aliases.map((alias) => this.resolve(type, name, parent, alias));
        const formerParent = this.used.get(parent ?? "");
        if (parent === undefined || formerParent === undefined) return own;
        const inherited = [urnOf(this.place, type, name), ...own].map((urn) => {
            const [kind, child] = [typeIn(urn), nameIn(urn)];
            // A child with its parent's name as a prefix changed its name together with the parent.
            const led = child.startsWith(nameIn(parent));
            const formerName = led ? nameIn(formerParent) + child.slice(nameIn(parent).length) : child;
            return urnOf(this.place, kind, formerName, formerParent);
        });
        return [...new Set([...own, ...inherited])];
    }

    private resolve(type: string, name: string, parent: string | undefined, alias: Alias): string {
        if (alias.urn !== undefined) return alias.urn;
        const given = alias.parent === undefined ? parent : (this.used.get(alias.parent) ?? alias.parent);
        const { stack, project } = this.place;
        const place = { stack: alias.stack ?? stack, project: alias.project ?? project };
        return urnOf(place, alias.type ?? type, alias.name ?? name, alias.noParent === true ? undefined : given);
    }
}
