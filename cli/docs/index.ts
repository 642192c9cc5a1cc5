import { renderSettings } from "./settings";

/** Every file that `npm run docs` writes, and what it holds. */
export const GENERATED: Record<string, () => Promise<string>> = {
    "docs/settings.md": renderSettings,
};
