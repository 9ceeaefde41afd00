import { readFileSync } from "node:fs";
import * as z from "zod";

const Package = z.object({ version: z.string() });

/** The version of this command, as its package says. */
export const version = Package.parse(
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")),
).version;

/** The same for a person. */
export const versionText = `quorate ${version} on Node ${process.versions.node}`;
