import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { assertDocumented, document, type Exchange } from "../testing/documented-traffic.ts";

const gateway = await gatewayOfTests();

describe("the OpenAPI document", () => {
  it("is one by the schema of OpenAPI 3.1", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone({ ...document }));
    expect(errors).toBe(undefined);
    expect(valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  it("is what the gateway serves", async () => {
    const { status, json } = await gateway.send("GET", "/openapi.json", { token: null });
    expect(status).toBe(200);
    expect(json).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

describe("traffic that is not as the document says", () => {
  const me: Exchange = {
    method: "GET",
    target: "/v1/me",
    sent: null,
    status: 401,
    headers: new Headers({
      "x-request-id": "r",
      "www-authenticate": "Bearer",
      "content-type": "application/problem+json",
    }),
    text: JSON.stringify({
      type: "urn:quorate:problem:token-missing",
      title: "t",
      status: 401,
      detail: "d",
      code: "token-missing",
      requestId: "r",
      outcome: "not-executed",
      retryable: false,
    }),
  };
  const headers = (changes: Record<string, string | null>): Headers => {
    const changed = new Headers(me.headers);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) changed.delete(name);
      else changed.set(name, value);
    }
    return changed;
  };

  it("is found, whatever is wrong", () => {
    expect(() => {
      assertDocumented(me);
    }).not.toThrow();
    const wrong: readonly Partial<Exchange>[] = [
      { status: 418 },
      { headers: headers({ "x-request-id": null }) },
      { headers: headers({ "www-authenticate": null }) },
      { headers: headers({ "content-type": "text/html" }) },
      { text: me.text.replace('token-missing","requestId', 'queue-full","requestId') },
      { text: me.text.replace('"status":401', '"status":400') },
      { text: me.text.replace('{"type"', '{"more":1,"type"') },
      { method: "DELETE", target: "/v1/session?force=true", status: 204, text: "" },
      { method: "DELETE", target: "/v1/session", sent: "{}", status: 204, text: "" },
    ];
    for (const changes of wrong) {
      expect(() => {
        assertDocumented({ ...me, ...changes });
      }, JSON.stringify(changes)).toThrow(Error);
    }
  });
});
