import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { ask } from "./ask.ts";

function person() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const interruption = new AbortController();
  const onInterrupt = () => interruption.abort();
  return { input, asking: { input, output, signal: interruption.signal, onInterrupt } };
}

test("a question is answered by a line", async () => {
  const { input, asking } = person();
  const answer = ask("Which? ", asking);
  input.write("orders\r");
  expect(await answer).toBe("orders");
});

test("Ctrl-D and an input that ends answer nothing, and are no bug of ours", async () => {
  for (const leave of [
    (input: PassThrough) => input.write("\u0004"),
    (input: PassThrough) => input.end(),
  ]) {
    const { input, asking } = person();
    const answer = ask("Which? ", asking);
    leave(input);
    expect(await answer).toBe("");
  }
});

test("Ctrl-C interrupts instead of answering", async () => {
  const { input, asking } = person();
  const answer = ask("Which? ", asking);
  input.write("\u0003");
  await expect(answer).rejects.toThrow("abort");
});
