/** A real API process under requests that must be refused, and such that may mean anything. */
import { expect, test } from "vitest";
import { fuzzHttp } from "./fuzz-http.ts";
import { fuzzSeed, requestsToSend } from "./settings.ts";

test(`of ${requestsToSend} requests none is answered with a failure, and none that must be refused is done`, async () => {
  const report = await fuzzHttp(requestsToSend, fuzzSeed);
  const { seed, requests, answers, accepted, failures, crashes, surprises } = report;
  const statuses = [...answers].map(([status, count]) => `${status} ${count}`).toSorted();
  console.log(
    `fuzz: seed ${seed}, ${requests} requests, ${accepted} accepted, ${failures} failures, ` +
      `${crashes} crashes; ${statuses.join(", ")}`,
  );
  expect({ accepted, failures, crashes, surprises }).toEqual({
    accepted: 0,
    failures: 0,
    crashes: 0,
    surprises: [],
  });
  // A run that meets nothing but refusals has tried nothing.
  expect(answers.get("200") ?? 0).toBeGreaterThan(0);
  expect(answers.get("201") ?? 0).toBeGreaterThan(0);
});
