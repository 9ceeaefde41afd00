/** Who a gateway under test believes. */
import { nodeCrypto } from "@quorate/identity";
import type { ClusterClient } from "@quorate/session";
import type { Authority } from "../trust/authenticate.ts";
import { createSessionStore } from "../session/session-store.ts";
import { createTokenVerifier } from "../trust/token.ts";
import { algorithms } from "../trust/jwks.ts";
import { createKeySet, type KeySet } from "../trust/key-set.ts";
import { fileSource } from "../trust/key-source.ts";
import { createRevocationList } from "../trust/revocation-list.ts";
import type { TestIssuer } from "./tokens.ts";

/** The authority of one issuer, with what the cluster says is revoked until now. */
export async function createTestAuthority(parts: {
  readonly client: ClusterClient;
  readonly issuer: TestIssuer;
  readonly nowMs: () => number;
  /** Gets whatever goes wrong. */
  readonly logged: unknown[];
  readonly publicUrl: string | null;
}): Promise<{ readonly authority: Authority; readonly keys: KeySet }> {
  const { client, issuer, nowMs, logged, publicUrl } = parts;
  const keys = createKeySet({
    source: fileSource(issuer.jwksFile),
    reading: { algorithms, isStrict: true },
    nowMs,
    onFailure: (error) => logged.push(error),
  });
  await keys.read();
  // No news is ever old here: however slow the machine is, a test asks when it wants to.
  const ageless = { client, sha256: nodeCrypto.sha256, nowMs, monotonicMs: () => 0 };
  const revocations = createRevocationList(ageless);
  await revocations.refresh();
  const { issuer: name, audience } = issuer;
  const tokens = createTokenVerifier(
    [{ issuer: name, audience, maxAgeSeconds: 43_200, keys }],
    nowMs,
  );
  const sessions = createSessionStore(nowMs);
  return { authority: { revocations, tokens, sessions, site: { origin: publicUrl } }, keys };
}
