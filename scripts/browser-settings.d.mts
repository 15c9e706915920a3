// Types of browser-settings.mjs.
export const chromiumArguments: readonly string[];
export const firefoxPreferences: Readonly<Record<string, boolean | number>>;
