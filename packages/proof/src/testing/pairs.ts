/** Pairs of statements of one member that convict it, and pairs that must not. */
import type { Message } from "@quorate/protocol";
import type { PairKind } from "../evidence.ts";
import { checkpoint, doViewChange, prepare, prepareOk, startView } from "./statements.ts";

export interface Pair {
  readonly kind: PairKind;
  readonly about: string;
  readonly one: readonly [Message, number];
  readonly other: readonly [Message, number];
}

/** What each pair proves. */
export const convicting: readonly (Pair & { readonly view: number; readonly op: number | null })[] =
  [
    {
      kind: "two-prepares",
      about: "E1 two entries prepared at one op of a view",
      one: [prepare(9, "a"), 5],
      other: [prepare(9, "b"), 5],
      view: 5,
      op: 9,
    },
    {
      kind: "two-acknowledgements",
      about: "E2 two entries acknowledged at one op of a view",
      one: [prepareOk(9, "a"), 5],
      other: [prepareOk(9, "b"), 5],
      view: 5,
      op: 9,
    },
    {
      kind: "forgotten-acknowledgement",
      about: "E3 a log that ends below what was acknowledged",
      one: [prepareOk(9, "a"), 5],
      other: [doViewChange(5, 8, { 8: "a" }), 7],
      view: 5,
      op: 9,
    },
    {
      kind: "forgotten-acknowledgement",
      about: "E3 a log that ends with another entry than was acknowledged",
      one: [prepareOk(9, "a"), 5],
      other: [doViewChange(5, 9, { 9: "b" }), 6],
      view: 5,
      op: 9,
    },
    {
      kind: "forgotten-acknowledgement",
      about: "E3 a log that has another entry below its head",
      one: [prepareOk(9, "a"), 5],
      other: [doViewChange(5, 10, { 9: "b", 10: "b" }), 6],
      view: 5,
      op: 9,
    },
    {
      kind: "forgotten-acknowledgement",
      about: "E3 a last normal view below the view of the acknowledgement",
      one: [prepareOk(9, "a"), 5],
      other: [doViewChange(4, 20, { 20: "a" }), 6],
      view: 5,
      op: 9,
    },
    {
      kind: "two-do-view-changes",
      about: "E4 two DoViewChanges of one view",
      one: [doViewChange(4, 9, { 9: "a" }), 6],
      other: [doViewChange(4, 8, { 8: "a" }), 6],
      view: 6,
      op: null,
    },
    {
      kind: "two-start-views",
      about: "E4 two StartViews of one view",
      one: [startView(9, "a"), 7],
      other: [startView(8, "a"), 7],
      view: 7,
      op: null,
    },
    {
      kind: "two-checkpoints",
      about: "E6 two states after one op",
      one: [checkpoint(64, "one state"), 5],
      other: [checkpoint(64, "another state"), 5],
      view: 5,
      op: 64,
    },
    {
      kind: "two-checkpoints",
      about: "E6 two views of creation of one committed op",
      one: [checkpoint(64, "one state"), 6],
      other: [checkpoint(64, "one state"), 5],
      view: 5,
      op: 64,
    },
  ];

/** What honest members say. */
export const innocent: readonly Pair[] = [
  {
    kind: "two-prepares",
    about: "an entry that is sent again with a newer commit",
    one: [prepare(9, "a", 7), 5],
    other: [prepare(9, "a", 8), 5],
  },
  {
    kind: "two-prepares",
    about: "another entry at the op in a later view",
    one: [prepare(9, "a"), 5],
    other: [prepare(9, "b"), 8],
  },
  {
    kind: "two-acknowledgements",
    about: "an entry that is acknowledged again in a later view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(9, "a"), 6],
  },
  {
    kind: "two-acknowledgements",
    about: "another entry acknowledged at the op in a later view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(9, "b"), 6],
  },
  {
    kind: "two-acknowledgements",
    about: "another op acknowledged in the view",
    one: [prepareOk(9, "a"), 5],
    other: [prepareOk(10, "b"), 5],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "a DoViewChange that was sent before the acknowledgement's view",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(3, 2, { 2: "a" }), 4],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "the DoViewChange of the acknowledgement's own view",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(3, 2, { 2: "a" }), 5],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "a log that still has the entry",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 10, { 9: "a", 10: "b" }), 6],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "an entry that is too old to be shown",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(5, 20, { 19: "a", 20: "a" }), 6],
  },
  {
    kind: "forgotten-acknowledgement",
    about: "an entry that a later view has left out",
    one: [prepareOk(9, "a"), 5],
    other: [doViewChange(6, 8, { 8: "a" }), 7],
  },
  {
    kind: "two-do-view-changes",
    about: "DoViewChanges of two views",
    one: [doViewChange(4, 9, { 9: "a" }), 6],
    other: [doViewChange(4, 8, { 8: "a" }), 7],
  },
  {
    kind: "two-start-views",
    about: "StartViews of two views",
    one: [startView(9, "a"), 4],
    other: [startView(8, "a"), 7],
  },
  {
    kind: "two-checkpoints",
    about: "states after two ops",
    one: [checkpoint(64, "one state"), 5],
    other: [checkpoint(128, "another state"), 5],
  },
  {
    kind: "two-prepares",
    about: "a Prepare beside a PrepareOk of the same view",
    one: [prepare(9, "a"), 5],
    other: [prepareOk(9, "b"), 5],
  },
];
