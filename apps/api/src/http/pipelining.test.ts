/** Requests that are sent before the answers to those in front of them have come. */
import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { openWith } from "../testing/raw-connection.ts";

const gateway = await gatewayOfTests();
const token = await gateway.issuer.token("enqueue:* dequeue:* read:*");
const head = `Host: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;

/** A queue of its own: calls of it as a client writes them, and how much is in it. */
async function newQueue() {
  const path = await gateway.newQueue();
  const stats = async () =>
    (await gateway.send("GET", path)).json["stats"] as Readonly<Record<string, number>>;
  const call = (action: string, body: object, more = ""): string => {
    const text = JSON.stringify(body);
    return (
      `POST ${path}/${action} HTTP/1.1\r\n${head}${more}Content-Length: ${text.length}\r\n\r\n` +
      text
    );
  };
  return { path, stats, call };
}

const open = (text: string) => openWith(gateway, text);

describe("requests on one connection", () => {
  it("are done one after the other, so that none overtakes the one before it", async () => {
    const { call } = await newQueue();
    const last = "Connection: close\r\n";
    const { closed } = await open(
      call("dequeue", { waitMs: 200 }) +
        call("enqueue", { body: "later" }) +
        call("dequeue", { waitMs: 0 }, last),
    );
    const answers = (await closed).split("HTTP/1.1 ").slice(1);
    expect(answers.map((answer) => answer.slice(0, 3))).toEqual(["200", "201", "200"]);
    expect(answers[0]).toContain('"messages":[]');
    expect(answers[2]).toContain('"body":"later"');
  });

  it("are refused beyond what may wait, in their turn", async () => {
    const { call } = await newQueue();
    const probe = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    const { socket, heard } = await open(call("dequeue", { waitMs: 200 }) + probe.repeat(70));
    const statuses = () => [...heard().matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    await expect.poll(() => statuses().length).toBe(71);
    expect(statuses().slice(0, 64)).toEqual(Array.from({ length: 64 }, () => "200"));
    expect(statuses().slice(64)).toEqual(Array.from({ length: 7 }, () => "503"));
    socket.end();
  });

  it("are not begun any more when their client has gone", async () => {
    const { call, stats } = await newQueue();
    const { socket, closed } = await open(
      call("dequeue", { waitMs: 30_000 }) + call("enqueue", { body: "nobody's" }),
    );
    await expect.poll(async () => (await stats())["consumers"]).toBe(1);
    socket.end();
    expect(await closed).toBe("");
    expect(await stats()).toMatchObject({ ready: 0, leased: 0 });
  });

  it("are not begun any more behind an answer that ends the connection", async () => {
    const { path, call, stats } = await newQueue();
    const hostless = `GET ${path} HTTP/1.1\r\n\r\n`;
    const { closed } = await open(hostless + call("enqueue", { body: "behind" }));
    const text = await closed;
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(await stats()).toMatchObject({ ready: 0 });
  });
});
