/** Who is asking: the principal of a token, the session of a browser. */
import * as z from "zod";
import { tokenBytesMax } from "./limits.ts";
import { Coord, Time } from "./names.ts";
import { plainRoute, route } from "./route.ts";
import { text } from "./shape.ts";
import { object } from "./shape-object.ts";

const MeReply = z
  .strictObject({
    principal: z.strictObject({ issuer: z.string(), subject: z.string() }),
    scopes: z.array(z.string()),
    expiresAt: Time,
    clusterId: z.string(),
    coord: Coord,
  })
  .meta({ id: "Me" });

/** What the presented token or session stands for. */
export const getMe = plainRoute({
  id: "getMe",
  method: "get",
  path: "/v1/me",
  summary: "The principal and scopes of the caller",
  scope: "any",
  replies: { 200: { description: "The caller", schema: MeReply } },
  errors: [],
});

/** Exchanges a token for a cookie session, so that a browser keeps no token. */
export const postSession = route({
  id: "postSession",
  method: "post",
  path: "/v1/session",
  summary: "Begin a browser session with a token",
  scope: "public",
  body: object({ token: text({ limit: "token", charsMax: tokenBytesMax }) }),
  replies: { 201: { description: "Begun", schema: MeReply, headers: ["Set-Cookie"] } },
  errors: ["token-missing", "token-invalid", "starting"],
});

/** Ends the session of the cookie; fine when there is none. */
export const deleteSession = plainRoute({
  id: "deleteSession",
  method: "delete",
  path: "/v1/session",
  summary: "End the browser session",
  scope: "public",
  replies: { 204: { description: "Ended", schema: null, headers: ["Set-Cookie"] } },
  errors: ["token-missing"],
});
