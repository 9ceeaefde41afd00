import { expect, test } from "vitest";
import type { MessageView } from "./message-view.ts";
import { decodeAnswer, decodeQuestion, encodeAnswer, encodeQuestion } from "./question.ts";
import { bytesOf, hashOf } from "./testing/machine-driver.ts";

const messageView: MessageView = {
  message: { op: 4, index: 1 },
  seq: 12,
  state: "leased",
  groupId: bytesOf("g"),
  dedupId: null,
  contentType: bytesOf("text/plain"),
  priority: 9,
  enqueuedAtMs: 1_795_000_000_000,
  dueAtMs: null,
  expiresAtMs: 1_795_000_060_000,
  deliveries: 2,
  failures: 1,
  redrives: 3,
  lease: { worker: null, principal: "p", sinceMs: 5, untilMs: 9, fence: 77 },
  dead: { reason: "rejected", atMs: 4 },
  content: {
    kind: "bytes",
    headers: new Uint8Array(0),
    body: bytesOf("body"),
    progress: bytesOf("{}"),
    errors: [{ atMs: 3, type: "E", message: "why", worker: "w" }],
  },
};

test("questions and answers survive their codecs", () => {
  const questions = [
    { type: "get-queue", queue: "q" },
    { type: "list-queues", prefix: "a", after: "ab", limit: 50 },
    { type: "deliverable", queue: "q", from: "ready", mode: "lease", dequeueHash: hashOf("x") },
    { type: "revocations", after: 7, limit: 1_000 },
    {
      type: "list-messages",
      queue: "q",
      state: "blocked",
      groupHash: hashOf("g"),
      dedupHash: null,
      after: { incarnation: 3, number: 9 },
      limit: 100,
      withContent: true,
    },
    { type: "get-message", queue: "q", message: { op: 7, index: 2 }, withContent: false },
    { type: "list-groups", queue: "q", state: "dead", after: null, limit: 1 },
    {
      type: "try-put",
      queue: "q",
      config: { maxFailures: 3 },
      precondition: { kind: "match", tags: [{ incarnation: 1, version: 2 }] },
    },
  ] as const;
  for (const question of questions) {
    expect(decodeQuestion(encodeQuestion(question))).toEqual(question);
  }
  const answers = [
    { type: "queue", view: null },
    { type: "queues", views: [], more: true },
    { type: "deliverable", finds: "in-flight-limit" },
    {
      type: "revocations",
      revocations: [{ key: hashOf("a"), issuedUntilMs: 3, keptUntilMs: 9, number: 2 }],
      more: true,
    },
    { type: "message", finds: "message-not-found" },
    { type: "put-trial", trial: { would: "refuse", refusal: { code: "queue-exists" } } },
    { type: "groups", listing: null },
    { type: "messages", listing: { entries: [messageView], next: null } },
    {
      type: "groups",
      listing: {
        entries: [
          {
            groupId: bytesOf("g"),
            state: "waiting",
            waiting: 3,
            head: { op: 5, index: 1 },
            sinceMs: 7,
          },
        ],
        next: { incarnation: 1, number: 2 },
      },
    },
  ] as const;
  for (const answer of answers) expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
});
