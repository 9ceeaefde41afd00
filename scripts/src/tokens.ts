/** Tokens of the dev issuer: short ways in for people and tests on this machine. */
import {
  type IssuerKey,
  IssuerKeyError,
  mintToken,
  newIssuerKey,
  readIssuerKey,
  tokenSecondsMax,
} from "@quorate/cli/issuer";
import { clusterScopes, queueActions } from "@quorate/contract";
import { SecretFileError } from "@quorate/identity";
import { exitCodes } from "./exit-codes.ts";
import { Failure } from "./failure.ts";
import { writePrivateFile } from "./private-file.ts";

/** The `iss` of dev tokens, and the name under which the gateway knows their key. */
export const devIssuer = { name: "dev", issuer: "quorate-dev" } as const;

/** How long a dev token is valid, in seconds; the gateway takes none that lives longer. */
export const devTokenSeconds = tokenSecondsMax;

/** Tokens are renewed long before they end, so that one just read serves for hours. */
export const devTokenRenewalMs = 6 * 60 * 60 * 1000;

/** What each dev token may do. */
const devScopes = {
  /** Everything that the contract knows, on every queue. */
  admin: [...queueActions.map((action) => `${action}:*`), ...clusterScopes].join(" "),
  producer: "enqueue:* read:*",
  consumer: "dequeue:* read:*",
  viewer: "read:* peek:* cluster:read audit:read",
} as const;

/** The four tokens of `dev.json`. */
export type DevTokens = Readonly<Record<keyof typeof devScopes, string>>;

/** The `aud` of every token for this cluster. */
export function audienceOf(clusterIdHex: string): string {
  return `quorate:${clusterIdHex}`;
}

/** Makes the issuer's key: the private JWK and the public set, both readable by the owner alone. */
export async function createIssuerKey(keyFile: string, keySetFile: string): Promise<void> {
  const { key, keySet } = await newIssuerKey();
  writePrivateFile(keyFile, `${JSON.stringify(key, null, 2)}\n`);
  writePrivateFile(keySetFile, `${JSON.stringify(keySet, null, 2)}\n`);
}

/**
 * Signs four fresh tokens. `nowSeconds` is the time of issue since 1970. Throws Failure
 * `damagedFile` when the key file is not what `createIssuerKey` wrote.
 */
export async function mintDevTokens(
  keyFile: string,
  audience: string,
  nowSeconds: number,
): Promise<DevTokens> {
  const key = await issuerKeyIn(keyFile);
  const mint = (name: keyof typeof devScopes): Promise<string> =>
    mintToken(key, {
      issuer: devIssuer.issuer,
      audience,
      subject: `dev-${name}`,
      scope: devScopes[name],
      issuedAt: nowSeconds,
      lifetimeSeconds: devTokenSeconds,
    });
  const [admin, producer, consumer, viewer] = await Promise.all([
    mint("admin"),
    mint("producer"),
    mint("consumer"),
    mint("viewer"),
  ]);
  return { admin, producer, consumer, viewer };
}

async function issuerKeyIn(path: string): Promise<IssuerKey> {
  try {
    return await readIssuerKey(path);
  } catch (cause) {
    if (cause instanceof SecretFileError) {
      throw new Failure(exitCodes.damagedFile, cause.message, { cause });
    }
    if (!(cause instanceof IssuerKeyError)) throw cause;
    const line = `the token key ${path} is damaged (${cause.message}); begin anew with --fresh`;
    throw new Failure(exitCodes.damagedFile, line, { cause });
  }
}
