/** Writes a mutant's bug into the modules of this process, as they are loaded. */
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Edit, Mutant } from "./mutant.ts";

/** The repository's root. */
export const rootFolder = fileURLToPath(new URL("../../../../", import.meta.url));

/** The text is not there, or more than once: the sources have moved on without the mutant. */
export class EditError extends Error {
  override readonly name = "EditError";
}

/** Throws EditError unless the file holds the edit's text exactly once. */
export function edited(source: string, { file, find, replace }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new EditError(`${file} holds ${parts.length - 1} times, not once: ${find}`);
  }
  return parts.join(replace);
}

/**
 * Changes modules that are loaded from now on; what was loaded before stays as it is, so nothing of
 * the product may be. Returns a check which throws EditError unless every edit has been applied.
 */
export function applyMutant(mutant: Mutant): () => void {
  const waiting = new Set(mutant.edits);
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const edits = mutant.edits.filter(({ file }) => urlOf(file) === url);
      if (edits.length === 0) return loaded;
      let source = textOf(loaded.source);
      for (const edit of edits) {
        source = edited(source, edit);
        waiting.delete(edit);
      }
      return { ...loaded, source };
    },
  });
  return () => {
    for (const { file } of waiting) throw new EditError(`${file} was never loaded`);
  };
}

function urlOf(file: string): string {
  return pathToFileURL(`${rootFolder}${file}`).href;
}

function textOf(source: string | NodeJS.TypedArray | ArrayBuffer | undefined): string {
  return typeof source === "string" ? source : new TextDecoder().decode(source);
}
