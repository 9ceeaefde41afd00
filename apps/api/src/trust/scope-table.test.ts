/** Every cell of routes and scopes, and the order of checks, from the contract's declarations. */
import {
  actionsOf,
  clusterScopes,
  queueActions,
  requestBytesMax,
  type Route,
  routes,
} from "@quorate/contract";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { everyScope, problemIn, type Sent } from "../testing/test-gateway.ts";

const gateway = await gatewayOfTests();
const tokens = new Map<string, string>();

/** No queue has this name: whoever passes the scope is told so, and changes nothing. */
const queue = "orders.eu-1";

/** Patterns, and whether they are about the queue. */
const patterns: readonly (readonly [string, boolean])[] = [
  [queue, true],
  ["*", true],
  ["**", true],
  ["orders.*", true],
  ["*-1", true],
  ["o*.e*1", true],
  ["orders.eu-1*", true],
  ["orders", false],
  ["orders.eu-", false],
  ["rders.eu-1", false],
  ["orders.*-2", false],
  ["*.us*", false],
  ["orders.eu-1.*", false],
  ["o*o*o*", false],
  ["ORDERS.EU-1", false],
  ["", false],
];

interface Cell {
  readonly scope: string;
  readonly grants: (route: Route) => boolean;
}

/** Every scope that a token may have alone, and which routes it opens. */
const cells: readonly Cell[] = [
  ...queueActions.flatMap((action) =>
    patterns.map(([pattern, isAbout]) => ({
      scope: `${action}:${pattern}`,
      grants: (route: Route) =>
        actionsOf(route.scope).includes(action) &&
        // Without a queue in the path any pattern counts: the list shows only what it is about.
        (isAbout || (!route.path.includes(":queue") && /^[a-z0-9._*-]+$/.test(pattern))),
    })),
  ),
  ...clusterScopes.map((scope) => ({ scope, grants: (route: Route) => route.scope === scope })),
  ...["admin", "*", "*:*", "enqueue", "cluster:*", "manage:", "read :x", ":", "enqueue:*:*"].map(
    (scope) => ({ scope, grants: () => false }),
  ),
];

const isOpen = ({ scope }: Route): boolean => scope === "public" || scope === "any";

async function tokenOf(scope: string): Promise<string> {
  const token = tokens.get(scope) ?? (await gateway.issuer.token(scope));
  tokens.set(scope, token);
  return token;
}

function pathOf({ path }: Route, name = queue): string {
  return path.replace(":queue", name).replaceAll(/:\w+/g, "x");
}

function send(route: Route, sent: Sent, path = pathOf(route)) {
  return gateway.send(route.method.toUpperCase(), path, sent);
}

describe.each(routes.map((route) => ({ route, name: `${route.method} ${route.path}` })))(
  "$name",
  ({ route }) => {
    it("is opened by exactly the scopes that the contract names", async () => {
      for (const { scope, grants } of cells) {
        const answer = await send(route, { token: await tokenOf(scope) });
        const isOpened = isOpen(route) || grants(route);
        expect(answer.status === 403, `${scope}: ${answer.status}`).toBe(!isOpened);
        expect(answer.status).not.toBe(401);
        if (isOpened) continue;
        expect(problemIn(answer).code).toBe("scope-missing");
        expect(answer.headers.get("www-authenticate")).toMatch(
          /^Bearer realm="quorate", error="insufficient_scope", scope="[^"]+"$/,
        );
      }
    });

    it("looks at the token before the scope, the scope before the form, the form before the queue", async () => {
      if (isOpen(route)) return;
      const picture: Sent = { raw: "{", headers: { "content-type": "image/png" } };
      const spoiled = route.method === "get" ? {} : picture;
      const path = `${pathOf(route, "NO.queue")}?nonsense=1`;
      const missing = await send(route, { ...spoiled, token: null }, path);
      expect(problemIn(missing).code).toBe("token-missing");
      expect(missing.headers.get("www-authenticate")).toBe('Bearer realm="quorate"');
      expect((await send(route, { ...spoiled, token: "x" }, path)).status).toBe(401);
      const weak = await tokenOf("audit:read");
      expect((await send(route, { ...spoiled, token: weak }, path)).status).toBe(403);
      const strong = await tokenOf(everyScope);
      expect([400, 415]).toContain((await send(route, { ...spoiled, token: strong }, path)).status);
      const good = { token: strong };
      expect((await send(route, good, `${pathOf(route)}?nonsense=1`)).status).toBe(400);
    });

    it("says that a body is too large before it says what is wrong with it", async () => {
      if (isOpen(route) || route.method === "get") return;
      const raw = Buffer.alloc(requestBytesMax + 1, "x");
      const headers = { "content-type": "image/png" };
      const answer = await send(route, { raw, headers, token: await tokenOf(everyScope) });
      expect(problemIn(answer)).toMatchObject({
        code: "payload-too-large",
        limit: "requestBytesMax",
      });
    });
  },
);
