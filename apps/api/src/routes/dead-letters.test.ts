import { describe, expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";

const gateway = await gatewayOfTests();

/** A queue with so many dead letters, and what may be done with it. */
async function queueOfDead(count: number) {
  const path = await gateway.newQueue();
  const post = (action: string, body: object = {}) =>
    gateway.send("POST", `${path}/${action}`, { body });
  const dequeue = async (body: object = {}) => {
    const { json } = await post("dequeue", body);
    return json as { messages: { body: unknown; leaseId: string }[]; paused: boolean };
  };
  const kill = async (body: unknown) => {
    await post("enqueue", { body });
    const { messages } = await dequeue();
    await post(`leases/${messages[0]?.leaseId}/reject`, { reason: "broken" });
  };
  for (let letter = 1; letter <= count; letter++) await kill(letter);
  return { path, post, dequeue, kill };
}

describe("a dequeue from the dead", () => {
  it("gives dead letters, and an ack or a release ends their lease", async () => {
    const { post, dequeue } = await queueOfDead(2);
    const { messages } = await dequeue({ from: "dead", max: 10 });
    expect(messages.map(({ body }) => body)).toEqual([1, 2]);
    const [first, second] = messages;
    const acked = await post(`leases/${first?.leaseId}/ack`);
    expect(acked.json["state"]).toBe("done");
    const released = await post(`leases/${second?.leaseId}/release`);
    expect(released.json["state"]).toBe("dead");
  });

  it("waits for a letter, while a call for messages waits beside it", async () => {
    const { dequeue, kill } = await queueOfDead(0);
    const dead = dequeue({ from: "dead", waitMs: 5_000 });
    await kill("late");
    expect((await dead).messages.map(({ body }) => body)).toEqual(["late"]);
  });
});
