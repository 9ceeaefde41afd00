import { describe, expect, it } from "vitest";
import { ApiError, errors } from "./errors.ts";
import { Problem, problemOf } from "./problem.ts";

describe("the catalogue", () => {
  it("has the codes of the contract with their statuses", () => {
    const byStatus: Record<string, string[]> = {};
    for (const [code, { status }] of Object.entries(errors)) (byStatus[status] ??= []).push(code);
    expect(byStatus).toEqual({
      400: ["request-invalid", "limit-exceeded"],
      401: ["token-missing", "token-invalid"],
      403: ["scope-missing", "purge-denied", "delete-denied"],
      404: [
        "route-not-found",
        "queue-not-found",
        "message-not-found",
        "lease-unknown",
        "task-not-found",
        "member-not-found",
        "change-not-found",
      ],
      405: ["method-not-allowed"],
      409: [
        "queue-not-empty",
        "message-leased",
        "lease-lost",
        "already-settled",
        "change-in-progress",
        "paused",
      ],
      412: ["etag-mismatch", "queue-exists", "stale-epoch"],
      413: ["payload-too-large"],
      415: ["unsupported-media-type"],
      422: ["dedup-conflict", "idempotency-mismatch", "dequeue-id-reused", "preflight-failed"],
      428: ["precondition-required"],
      429: ["rate-limited", "queue-full", "dedup-capacity", "dequeue-capacity", "in-flight-limit"],
      500: ["internal"],
      503: ["no-quorum", "view-change", "overloaded", "starting"],
      504: ["outcome-unknown"],
    });
  });

  it("says of every refusal below 500 that nothing was done, and retries only what may pass", () => {
    for (const [code, { status, outcome, retryable }] of Object.entries(errors)) {
      if (status < 500 || status === 503) expect(outcome, code).toBe("not-executed");
      const passes = status === 429 || status === 503 || status === 504 || code === "paused";
      expect(retryable, code).toBe(passes);
    }
  });
});

describe("a problem", () => {
  it("has its catalogue's words, and the facts of its occurrence", () => {
    const error = new ApiError("queue-full", { limit: "maxBytes", max: 5, retryAfterMs: 10 });
    const problem = problemOf(error, "r-1");
    expect(Problem.parse(problem)).toEqual({
      type: "urn:quorate:problem:queue-full",
      title: "The queue is full",
      status: 429,
      detail: "The queue is full.",
      code: "queue-full",
      requestId: "r-1",
      outcome: "not-executed",
      retryable: true,
      limit: "maxBytes",
      max: 5,
    });
  });

  it("of status 400 says where its faults are, be it nowhere in particular", () => {
    const faults = [{ pointer: "/max", detail: "expected a whole number" }];
    const known = new ApiError("request-invalid", { errors: faults });
    expect(problemOf(known, "r-1").errors).toEqual(faults);
    const unknown = new ApiError("limit-exceeded", { detail: "Too much." });
    expect(problemOf(unknown, "r-1").errors).toEqual([{ pointer: "", detail: "Too much." }]);
    expect(problemOf(new ApiError("queue-full"), "r-1").errors).toBeUndefined();
  });

  it("may be less retryable than its catalogue says", () => {
    const error = new ApiError("outcome-unknown", { retryable: false });
    expect(problemOf(error, "r-1")).toMatchObject({ retryable: false, outcome: "unknown" });
  });
});
