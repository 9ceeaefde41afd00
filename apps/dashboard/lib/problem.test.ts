import { expect, test } from "vitest";
import { problemOfAnswer, problemOfSilence } from "./problem.ts";
import { mayReadCluster, mayReadQueues, nextPathOf } from "./session.ts";

test("a problem document is read as it stands", () => {
  const problem = problemOfAnswer(
    503,
    {
      code: "no-quorum",
      title: "No quorum",
      detail: "Why.",
      requestId: "q1",
      outcome: "not-executed",
      retryable: true,
    },
    null,
  );
  expect(problem).toMatchObject({
    status: 503,
    code: "no-quorum",
    requestId: "q1",
    outcome: "not-executed",
    retryable: true,
  });
});

test("an answer that is no problem document still becomes a problem with an unknown outcome", () => {
  expect(problemOfAnswer(502, null, "h1")).toMatchObject({
    code: "http-502",
    requestId: "h1",
    outcome: "unknown",
    retryable: false,
  });
});

test("no answer to a read means that nothing was done, to anything else that nobody knows", () => {
  expect(problemOfSilence(new Error("net"), true)).toMatchObject({
    outcome: "not-executed",
    retryable: true,
  });
  expect(problemOfSilence(new Error("net"), false)).toMatchObject({
    outcome: "unknown",
    retryable: false,
  });
});

test("the page after signing in is only ever one of this site", () => {
  expect(nextPathOf("?next=%2Fqueues%2F")).toBe("/queues/");
  for (const evil of [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/a//b/",
    "",
  ]) {
    expect(nextPathOf(`?next=${encodeURIComponent(evil)}`)).toBe("/");
  }
});

test("scopes decide which pages ask for anything", () => {
  expect(mayReadCluster(["cluster:read"])).toBe(true);
  expect(mayReadCluster(["read:*"])).toBe(false);
  expect(mayReadQueues(["read:orders.*"])).toBe(true);
  expect(mayReadQueues(["enqueue:*", "cluster:read"])).toBe(false);
});
