import manifest from "../package.json" with { type: "json" };

/** The version of this command, as its package says. */
export const { version } = manifest;

/** The same for a person. */
export const versionText = `quorate ${version} on Node ${process.versions.node}`;
