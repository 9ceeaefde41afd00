import { expect, test } from "vitest";
import { type AddBatch, enqueueThrough } from "./enqueue-call.ts";
import { notSent, UnavailableError } from "./quorate-error.ts";

test("a message for which there is no room is refused at once, with the reason", async () => {
  const full = new UnavailableError("No room.", { ...notSent, code: "too-many-waiting" });
  const refuseAll: AddBatch = ({ entries }) => {
    for (const { onError } of entries) onError(full);
    return () => false;
  };
  const { signal } = new AbortController();
  const call = { messages: [{ body: 1 }], isAtomic: false, signal };
  await expect(enqueueThrough(refuseAll, call)).rejects.toBe(full);
});
