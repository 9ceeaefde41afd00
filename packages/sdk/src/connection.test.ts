import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Quorate } from "./quorate.ts";

/** A client whose platform fails so at each attempt, of which there is one. */
function clientOf(failure: unknown): Quorate {
  const fetch = () => Promise.reject(failure);
  return new Quorate({ url: "http://gateway.test", fetch, maxRetries: 0, coalesce: false });
}

test("a connection that was never made says why, also when the platform's error is of another realm", async () => {
  const source = 'Object.assign(new TypeError("failed"), { cause: { code: "ECONNREFUSED" } })';
  for (const failure of [
    runInNewContext(source),
    Object.assign(new TypeError("failed"), { cause: { code: "ECONNREFUSED" } }),
  ]) {
    const error: unknown = await clientOf(failure)
      .queue("q")
      .enqueue(1)
      .catch((reason) => reason);
    expect(error).toMatchObject({
      message: "No connection could be made (ECONNREFUSED).",
      code: "connection-failed",
      outcome: "not-executed",
      retryable: true,
    });
  }
});

test("a connection that broke leaves open what became of the call, whether it is known why or not", async () => {
  const reset = Object.assign(new TypeError("failed"), { cause: { code: "ECONNRESET" } });
  for (const [failure, message] of [
    [reset, "The connection broke (ECONNRESET)."],
    [new TypeError("failed"), "The connection broke."],
  ] as const) {
    const error: unknown = await clientOf(failure)
      .queue("q")
      .enqueue(1)
      .catch((reason) => reason);
    expect(error).toMatchObject({ message, outcome: "unknown" });
  }
});

test("an operation that there is not is a mistake of the caller, said by its name", async () => {
  const quorate = new Quorate({ url: "http://gateway.test" });
  const request = quorate.request.bind(quorate) as (...given: unknown[]) => Promise<unknown>;
  await expect(request("getWeather", {})).rejects.toMatchObject({
    code: "usage",
    message: "there is no operation getWeather",
  });
});
