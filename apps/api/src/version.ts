import manifest from "../package.json" with { type: "json" };

/** The version of this gateway, as its package says. */
export const { version } = manifest;
