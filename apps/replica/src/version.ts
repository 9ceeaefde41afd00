import manifest from "../package.json" with { type: "json" };

/** The version of this replica, as its package says. */
export const { version } = manifest;
