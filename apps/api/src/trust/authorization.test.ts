import { documentPath } from "@quorate/contract";
import { base64url, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { everyScope, problemIn } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();
await gateway.send("PUT", "/v1/queues/orders", { body: {} });

it("a scope is asked for also where the queue does not exist", async () => {
  const token = await gateway.issuer.token("enqueue:mail");
  const enqueue = { token, body: { body: 1 } };
  const foreign = await gateway.send("POST", "/v1/queues/nowhere/enqueue", enqueue);
  expect(foreign.status).toBe(403);
  const own = await gateway.send("POST", "/v1/queues/mail/enqueue", enqueue);
  expect(problemIn(own).code).toBe("queue-not-found");
});

it("a list shows only the queues that the token may read", async () => {
  for (const name of ["visible.a", "visible.b", "hidden"]) {
    await gateway.send("PUT", `/v1/queues/${name}`, { body: {} });
  }
  const token = await gateway.issuer.token("read:visible.*");
  const { json } = await gateway.send("GET", "/v1/queues", { token });
  expect(json["queues"]).toMatchObject([{ name: "visible.a" }, { name: "visible.b" }]);
});

describe("a token", () => {
  const me = (token: string) => gateway.send("GET", "/v1/me", { token });
  const codeOf = async (token: string) => {
    const answer = await me(token);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
    return problemIn(answer).code;
  };

  it("says who calls", async () => {
    const { status, json } = await me(await gateway.issuer.token("read:* cluster:read"));
    expect(status).toBe(200);
    expect(json).toMatchObject({
      principal: { issuer: "https://issuer.test", subject: "alice" },
      scopes: ["read:*", "cluster:read"],
    });
  });

  it("is taken again from memory until it ends, and not after", async () => {
    const nowSeconds = Math.floor(gateway.cluster.nowMs() / 1000);
    const token = await gateway.issuer.token("read:*", { claims: { exp: nowSeconds + 60 } });
    expect((await me(token)).status).toBe(200);
    expect((await me(token)).status).toBe(200);
    gateway.cluster.advance(70_000);
    expect(await codeOf(token)).toBe("token-invalid");
  });

  it.each([
    ["without exp", { exp: undefined }],
    ["without iat", { iat: undefined }],
    ["without jti", { jti: undefined }],
    ["without sub", { sub: undefined }],
    ["without scope", { scope: undefined }],
    ["without aud", { aud: undefined }],
    ["of another issuer", { iss: "https://evil.test" }],
    ["for another cluster", { aud: "quorate:0000" }],
    ["with a list as scope", { scope: ["read:*"] }],
    ["with an empty sub", { sub: "" }],
    ["with a long sub", { sub: "x".repeat(300) }],
    ["with a number as jti", { jti: 7 }],
    ["with a text as exp", { exp: "soon" }],
    ["that has ended", { exp: 1_000_000 }],
    ["that was made in the future", { iat: 4_000_000_000, exp: 4_000_000_100 }],
    ["that begins in the future", { nbf: 4_000_000_000 }],
    ["that is too old", { iat: 1_000_000 }],
  ])("%s is refused", async (_name, claims) => {
    expect(await codeOf(await gateway.issuer.token(everyScope, { claims }))).toBe("token-invalid");
  });

  it.each([
    ["of another type", { typ: "JWT" }],
    ["with an unknown key", { kid: "unknown" }],
    ["with a path as key", { kid: "../../etc/passwd" }],
    ["with __proto__ as key", { kid: "__proto__" }],
    ["with a URL of keys", { jku: "https://evil.test/keys" }],
    ["with a critical extension", { "x-evil": "1" }],
  ])("%s is refused", async (_name, header) => {
    expect(await codeOf(await gateway.issuer.token(everyScope, { header }))).toBe("token-invalid");
  });

  it("signed by somebody else is refused", async () => {
    const { privateKey } = await generateKeyPair("EdDSA");
    const token = await gateway.issuer.token(everyScope, { key: privateKey });
    expect(await codeOf(token)).toBe("token-invalid");
  });

  it("without a signature, or with a shared secret, is refused", async () => {
    const [, payload] = (await gateway.issuer.token(everyScope)).split(".");
    for (const alg of ["none", "None", "nOnE", "HS256"]) {
      const header = base64url.encode(JSON.stringify({ alg, typ: "at+jwt", kid: "test-key" }));
      expect(await codeOf(`${header}.${payload}.`)).toBe("token-invalid");
      expect(await codeOf(`${header}.${payload}.${"A".repeat(86)}`)).toBe("token-invalid");
    }
    const { publicKey } = await generateKeyPair("EdDSA", { extractable: true });
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    const confused = await new SignJWT({ scope: everyScope })
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt", kid: "test-key" })
      .sign(secret);
    expect(await codeOf(confused)).toBe("token-invalid");
  });

  it("is accepted in its one canonical spelling only", async () => {
    const token = await gateway.issuer.token(everyScope);
    const [header = "", payload = "", signature = ""] = token.split(".");
    const last = signature.at(-1) ?? "";
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // The last of 86 digits has four unused bits.
    const twin = alphabet.charAt(alphabet.indexOf(last) + 1);
    const spellings = [
      `${header}.${payload}.${signature.slice(0, -1)}${twin}`,
      `${header}.${payload}.${signature}==`,
      `${header}.${payload}.${signature}.`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}.${signature.replaceAll("-", "+").replaceAll("_", "/")}=`,
    ];
    expect((await me(token)).status).toBe(200);
    for (const spelling of spellings) expect(await codeOf(spelling)).toBe("token-invalid");
  });

  it("whose payload names a claim twice is refused", async () => {
    const [header = ""] = (await gateway.issuer.token(everyScope)).split(".");
    const payload = base64url.encode('{"iss":"https://issuer.test","iss":"https://issuer.test"}');
    expect(await codeOf(`${header}.${payload}.${"A".repeat(86)}`)).toBe("token-invalid");
  });

  it("is looked for in the Authorization header alone, as a bearer", async () => {
    const token = await gateway.issuer.token(everyScope);
    const inQuery = await gateway.send("GET", `/v1/me?access_token=${token}`, { token: null });
    expect(problemIn(inQuery).code).toBe("token-missing");
    const headers = { authorization: "Basic YWxpY2U6c2VjcmV0" };
    const basic = await gateway.send("GET", "/v1/me", { token: null, headers });
    expect(problemIn(basic).code).toBe("token-invalid");
  });
});

it("the document's paths are the routes' paths", () => {
  expect(documentPath("/v1/queues/:queue/enqueue")).toBe("/v1/queues/{queue}/enqueue");
});
