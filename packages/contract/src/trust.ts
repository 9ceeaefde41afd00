/** Whose tokens are refused although they are signed well. */
import * as z from "zod";
import { time } from "./enqueue.ts";
import { issuerCharsMax, subjectCharsMax, tokenIdCharsMax } from "./limits.ts";
import { Coord, Time } from "./names.ts";
import { adminErrors, idempotencyKey, route } from "./route.ts";
import { invalid, optional, type ShapeFault, text } from "./shape.ts";
import { object } from "./shape-object.ts";

const given = object(
  {
    issuer: text({ limit: "issuer", charsMax: issuerCharsMax }),
    jti: optional(
      text({ limit: "jti", charsMax: tokenIdCharsMax, pattern: /./, expected: "text" }),
    ),
    sub: optional(
      text({ limit: "sub", charsMax: subjectCharsMax, pattern: /./, expected: "text" }),
    ),
    before: optional(time),
  },
  saysWhich,
);

function saysWhich(
  { jti, sub, before }: { readonly jti?: string; readonly sub?: string; readonly before?: string },
  faults: ShapeFault[],
): boolean {
  if (jti !== undefined && (sub !== undefined || before !== undefined)) {
    return invalid(faults, "expected jti alone, or sub, before, or both");
  }
  return (
    jti !== undefined ||
    sub !== undefined ||
    before !== undefined ||
    invalid(faults, "expected jti, sub or before")
  );
}

const RevokedReply = z
  .strictObject({
    issuer: z.string(),
    jti: z.string().nullable(),
    sub: z.string().nullable(),
    before: Time.nullable(),
    keptUntil: Time,
    coord: Coord,
  })
  .meta({ id: "Revoked" });

/** Takes effect at once on this gateway, and within a few seconds on the others. */
export const postRevocation = route({
  id: "postRevocation",
  method: "post",
  path: "/v1/trust/revocations",
  summary: "Refuse one token (jti), a subject's tokens so far (sub), or all issued before a time",
  scope: "cluster:admin",
  body: given,
  requestHeaders: [idempotencyKey],
  replies: {
    200: {
      description: "Refused from now on",
      schema: RevokedReply,
      headers: ["Idempotency-Replayed"],
    },
  },
  errors: adminErrors,
});
