import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

test("what was sent came back once, never, or more than once; the rest is of somebody else", () => {
  const ledger = new Ledger("mark");
  const bodies = Array.from({ length: 4 }, () => {
    const number = ledger.nextNumber();
    ledger.wasSent(number);
    return ledger.bodyOf(number, 32);
  });
  expect(bodies[1]).toMatch(/^mark 1 x{25}$/);
  for (const body of [bodies[0], bodies[1], bodies[1], bodies[1], bodies[2]]) ledger.cameBack(body);
  for (const body of ["other 1 x", "mark 9 x", "mark", 7, { mark: 1 }]) ledger.cameBack(body);
  expect(ledger.sum()).toEqual({ sent: 4, once: 2, lost: 1, doubled: 1, foreign: 5 });
});

test("a message whose enqueue nobody answered may come back, and may not", () => {
  const ledger = new Ledger("mark");
  ledger.cameBack(ledger.bodyOf(ledger.nextNumber(), 1));
  ledger.nextNumber();
  expect(ledger.sum()).toEqual({ sent: 0, once: 0, lost: 0, doubled: 0, foreign: 0 });
});

test("there is room for as many as are sent", () => {
  const ledger = new Ledger("mark");
  for (let count = 0; count < 200_000; count++) ledger.wasSent(ledger.nextNumber());
  expect(ledger.sum()).toMatchObject({ sent: 200_000, lost: 200_000 });
});
