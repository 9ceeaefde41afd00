/** The issuers of the configuration, each with its keys. */
import { ConfigError } from "@quorate/identity";
import type { Log } from "@quorate/ports";
import type { Config } from "../config.ts";
import type { Issuer } from "./token.ts";
import { createKeySet } from "./key-set.ts";
import { fileSource, urlSource } from "./key-source.ts";

type Declared = Config["issuers"][number];

/**
 * Reads the keys of every issuer. Rejects with ConfigError for a bad file; an address that does not
 * answer now is asked again when a token comes.
 */
export function loadIssuers(
  declared: readonly Declared[],
  { nowMs, log }: { readonly nowMs: () => number; readonly log: Pick<Log, "warn"> },
): Promise<readonly Issuer[]> {
  return Promise.all(
    declared.map(async ({ issuer, audience, maxAgeSeconds, algorithms, jwksFile, jwksUrl }) => {
      const place = jwksFile ?? jwksUrl ?? "";
      const onFailure = (error: unknown): void => {
        log.warn("the keys of an issuer cannot be read", { issuer, place, error });
      };
      const isFile = jwksFile !== null;
      const keys = createKeySet({
        source: isFile ? fileSource(place) : urlSource(place),
        reading: { algorithms, isStrict: isFile },
        nowMs,
        onFailure,
      });
      try {
        await keys.read();
      } catch (cause) {
        if (isFile) throw new ConfigError(`${place}: ${reasonOf(cause)}`, { cause });
        onFailure(cause);
      }
      return { issuer, audience, maxAgeSeconds, keys };
    }),
  );
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
