/** The dev cluster of this folder, as `npm start` describes it in `.quorate/dev/dev.json`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";

/** Whose token of the dev cluster is used. */
export const devRoles = ["admin", "producer", "consumer", "viewer"] as const;

/** See `devRoles`. */
export type DevRole = (typeof devRoles)[number];

const DevFile = z.object({
  apiUrl: z.url(),
  tokens: z.object({
    admin: z.string(),
    producer: z.string(),
    consumer: z.string(),
    viewer: z.string(),
  }),
});

/** What the command reads of the file. */
export type DevFile = z.infer<typeof DevFile>;

/** The path of the file in a folder. */
export function devFilePath(folder: string): string {
  return join(folder, ".quorate", "dev", "dev.json");
}

/** The dev cluster of the folder, or null when none is there. Throws Failure when it is damaged. */
export function readDevFile(folder: string): DevFile | null {
  const path = devFilePath(folder);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  try {
    return DevFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure(exitCodes.error, `${path} does not describe a dev cluster`, { cause });
  }
}
