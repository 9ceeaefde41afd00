/** Somebody else's issuer: a real OpenID provider, with an address for its keys. */
import { createServer, type Server } from "node:http";
import { exportJWK, generateKeyPair, type JWK } from "jose";
import { Provider } from "oidc-provider";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Config, parseConfig } from "../config.ts";
import { createTokenVerifier, type Principal } from "./token.ts";
import { algorithms, type Algorithm } from "./jwks.ts";
import { loadIssuers } from "./issuers.ts";

const audience = "quorate:c1";
/** What the provider signs with; the last is none of ours. */
const signed = [...algorithms, "RS256"] as const;
const scope = "enqueue:orders.* read:*";

let server: Server;
let url: string;

beforeAll(async () => {
  // What others publish beside keys for tokens must not disturb.
  const keys = await Promise.all(signed.map(privateKeyOf));
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  url = typeof address === "object" ? `http://127.0.0.1:${address?.port}` : "";
  const answer = providerAt(url, keys).callback();
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

async function privateKeyOf(algorithm: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: `key-${algorithm}`, alg: algorithm, use: "sig" };
}

/** A provider with a client for each algorithm, named after it. */
function providerAt(issuer: string, keys: readonly JWK[]): Provider {
  const algorithmsOfKeys = keys.map(({ alg = "" }) => alg);
  return new Provider(issuer, {
    jwks: { keys: keys.map((key) => ({ ...key })) },
    clients: algorithmsOfKeys.map((algorithm) => ({
      client_id: algorithm,
      client_secret: "the secret of a test",
      grant_types: ["client_credentials"],
      redirect_uris: [],
      response_types: [],
    })),
    ttl: { ClientCredentials: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource, client) => ({
          scope,
          audience: resource,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: signatureOf(client.clientId) },
        }),
      },
    },
  });
}

function signatureOf(clientId: string) {
  const alg = signed.find((each) => each === clientId);
  return alg === undefined ? {} : { alg };
}

/** A token that the provider gives to the client of this algorithm. */
async function tokenOf(algorithm: string, resource = audience): Promise<string> {
  const response = await fetch(`${url}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${algorithm}:the+secret+of+a+test`)}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope, resource }),
  });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

/** Verifies by the keys that the provider publishes. */
async function verify(
  token: string,
  changes: Partial<Config["issuers"][number]> = {},
): Promise<Principal> {
  const issuer = { name: "provider", issuer: url, audience, jwksUrl: `${url}/jwks`, ...changes };
  const { issuers } = parseConfig({ ...rest, issuers: [issuer] }, (path) => path);
  const warn = (message: string): void => {
    throw new Error(message);
  };
  const nowMs = () => Date.now();
  return createTokenVerifier(await loadIssuers(issuers, { nowMs, log: { warn } }), nowMs).verify(
    token,
  );
}

/** What a configuration has beside issuers. */
const rest = {
  clusterFile: "c",
  gatewayId: "g",
  keyFile: "k",
  passphraseFile: "p",
  listen: {},
  dashboardDir: null,
  log: {},
  publicUrl: null,
};

describe("a token of an OpenID provider", () => {
  it.each(algorithms)("that is signed by %s is accepted, with its scopes", async (algorithm) => {
    const principal = await verify(await tokenOf(algorithm));
    expect(principal).toMatchObject({ issuer: url, subject: algorithm });
    expect(principal.scopes.words.join(" ")).toBe(scope);
  });

  it("that is signed by an algorithm that we do not take is refused", async () => {
    await expect(verify(await tokenOf("RS256"))).rejects.toMatchObject({ code: "token-invalid" });
  });

  it("that is signed by an algorithm that the issuer may not use here is refused", async () => {
    const only: readonly Algorithm[] = ["EdDSA"];
    const changes = { algorithms: [...only] };
    await expect(verify(await tokenOf("ES256"), changes)).rejects.toMatchObject({
      code: "token-invalid",
    });
    expect(await verify(await tokenOf("EdDSA"), changes)).toMatchObject({ subject: "EdDSA" });
  });

  it("for another cluster is refused", async () => {
    const token = await tokenOf("EdDSA", "quorate:c2");
    await expect(verify(token)).rejects.toMatchObject({ code: "token-invalid" });
  });
});
