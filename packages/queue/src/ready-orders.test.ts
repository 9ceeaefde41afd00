import { expect, test } from "vitest";
import { hold } from "./group-record.ts";
import { PageStore } from "./page-store.ts";
import { ReadyOrders } from "./ready-orders.ts";
import { RecordTable } from "./record-table.ts";
import { blockBytes } from "./seq-map.ts";

test("what held messages up together lets go of them one by one, in their order", () => {
  const orders = new ReadyOrders(new RecordTable(new PageStore(), blockBytes));
  const add = (holds: number, priority: number, seq: number): void => {
    orders.count(holds, 10);
    orders.add(holds, priority, seq);
  };
  add(0, 4, 1);
  add(hold.leased, 4, 2);
  add(hold.leased | hold.dead, 9, 3);
  add(hold.dead, 5, 4);
  add(hold.waiting | hold.deadLeased, 9, 5);
  expect([orders.ready, orders.total, orders.candidates]).toEqual([10, 50, 1]);
  orders.release(hold.leased);
  expect([orders.ready, orders.total, orders.lowest(9)]).toEqual([20, 50, [1, 2]]);
  orders.release(hold.dead | hold.deadLeased);
  expect([orders.ready, orders.total, orders.lowest(9)]).toEqual([40, 50, [1, 2, 4, 3]]);
  expect(orders.first()).toBe(3);
  orders.release(hold.waiting);
  expect([orders.ready, orders.total, orders.candidates]).toEqual([50, 50, 5]);
  orders.clear();
  expect([orders.ready, orders.total, orders.first()]).toEqual([0, 0, -1]);
});
