import type { Context } from "../../contexts/context-file.ts";

/** A context as it may be shown: whether there is a token, never the token itself. */
export function contextFields(name: string, context: Context, isCurrent: boolean) {
  const { url, token, tokenFile } = context;
  return { name, url, token: token === null ? tokenFile : "kept", isCurrent };
}
