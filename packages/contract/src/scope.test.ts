import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern, mayAct, parseScopes } from "./scope.ts";

describe("patterns", () => {
  it("match the whole name, with runs anywhere, also empty ones", () => {
    expect(matchesPattern("orders.*", "orders.eu")).toBe(true);
    expect(matchesPattern("orders.*", "orders.")).toBe(true);
    expect(matchesPattern("orders.*", "orders")).toBe(false);
    expect(matchesPattern("*-eu", "orders-eu")).toBe(true);
    expect(matchesPattern("o*s", "orders")).toBe(true);
    expect(matchesPattern("o*rd*s", "orders")).toBe(true);
    expect(matchesPattern("a*a", "a")).toBe(false);
    expect(matchesPattern("*ab*ab*", "ab")).toBe(false);
    expect(matchesPattern("orders", "orders2")).toBe(false);
  });

  it("match what the regular expression of the same meaning matches", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "."), { maxLength: 8 })
      .map((all) => all.join(""));
    const pattern = fc
      .array(fc.constantFrom("a", "b", ".", "*"), { maxLength: 6 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, text, (from, name) => {
        const expression = from.replaceAll(".", "\\.").replaceAll("*", "[a-z0-9._-]*");
        expect(matchesPattern(from, name)).toBe(new RegExp(`^${expression}$`).test(name));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("scopes", () => {
  it("grant their action on their queues and nothing else", () => {
    const scopes = parseScopes("enqueue:orders.* read:* cluster:read");
    expect(mayAct(scopes, "enqueue", "orders.eu")).toBe(true);
    expect(mayAct(scopes, "enqueue", "mail")).toBe(false);
    expect(mayAct(scopes, "read", "mail")).toBe(true);
    expect(mayAct(scopes, "dequeue", "orders.eu")).toBe(false);
    expect([...scopes.cluster]).toEqual(["cluster:read"]);
  });

  it("that are no scopes grant nothing", () => {
    const scopes = parseScopes("enqueue: enqueue:Orders *:* admin cluster:write enqueue");
    expect(scopes.patterns.size).toBe(0);
    expect(scopes.cluster.size).toBe(0);
  });

  it("let a name that no queue can have pass for whoever has the action at all", () => {
    expect(mayAct(parseScopes("enqueue:orders"), "enqueue", "No Queue")).toBe(true);
    expect(mayAct(parseScopes("dequeue:orders"), "enqueue", "No Queue")).toBe(false);
  });
});
