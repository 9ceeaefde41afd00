/**
 * JSONTestSuite (Nicolas Seriot) over HTTP: what a route does with each of its texts, alone and as a
 * message. The files lie beside the checkout; without them this is skipped with a notice.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { startTestGateway, type TestGateway } from "@quorate/api/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const suite = new URL("../../../shared/vectors/jsontestsuite/", import.meta.url);
const hasSuite = existsSync(suite);
if (!hasSuite) console.warn("skipped: JSONTestSuite is not beside the checkout");

/** Texts that RFC 8259 allows and we refuse on purpose: a key twice. */
const refusedOnPurpose = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];

const names = hasSuite ? readdirSync(suite).toSorted() : [];
const named = (kind: string) => names.filter((name) => name.startsWith(kind));
const bytesOf = (name: string) => readFileSync(new URL(encodeURIComponent(name), suite));

describe.skipIf(!hasSuite)("JSONTestSuite at a route", () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startTestGateway();
    await gateway.send("PUT", "/v1/queues/json", { body: {} });
  });

  afterAll(async () => {
    await gateway.stop();
    expect(gateway.logged).toEqual([]);
  });

  const post = (raw: Buffer) => {
    const headers = { "content-type": "application/json" };
    return gateway.send("POST", "/v1/queues/json/enqueue", { raw, headers });
  };
  const asBody = (text: Buffer) => Buffer.concat([Buffer.from('{"body":'), text, Buffer.from("}")]);

  /** Names of those that do not answer so. */
  async function others(kind: string, status: number, wrap: (text: Buffer) => Buffer) {
    const found: string[] = [];
    for (const name of named(kind)) {
      const answer = await post(wrap(bytesOf(name)));
      if (answer.status !== status) found.push(name);
    }
    return found;
  }

  test("the suite is whole", () => {
    expect(names.length).toBe(318);
  });

  test("every text that is no JSON is refused, alone and as a message", async () => {
    // An empty body is the empty object, which here lacks its message.
    expect(await others("n_", 400, (text) => text)).toEqual([]);
    expect(await others("n_", 400, asBody)).toEqual([]);
  });

  test("a text that is JSON, but no message, is refused: a request is one object of known fields", async () => {
    expect(await others("y_", 400, (text) => text)).toEqual([]);
  });

  test("every JSON text is a message, but keys twice, and comes back byte for byte", async () => {
    const refused: string[] = [];
    for (const name of named("y_")) {
      const text = bytesOf(name);
      if ((await post(asBody(text))).status !== 201) {
        refused.push(name);
        continue;
      }
      const body = { mode: "delete" };
      const taken = await gateway.send("POST", "/v1/queues/json/dequeue", { body });
      expect(taken.text, name).toContain(`"body":${text.toString("utf8").trim()},`);
    }
    expect(refused).toEqual(refusedOnPurpose);
  });

  test("whatever the free texts are, the answer is a message stored or a refusal", async () => {
    for (const name of named("i_")) {
      const { status } = await post(asBody(bytesOf(name)));
      expect([201, 400], name).toContain(status);
    }
  });
});
