/** What load balancers, scrapers and clients read without a token. */
import * as z from "zod";
import { plainRoute } from "./route.ts";

const Live = z.strictObject({ status: z.literal("live") }).meta({ id: "Live" });
const Ready = z
  .strictObject({ status: z.enum(["ready", "not-ready"]), reason: z.string().nullable() })
  .meta({ id: "Ready" });

/** 200 while the process runs. */
export const livez = plainRoute({
  id: "livez",
  method: "get",
  path: "/livez",
  summary: "Does the process run?",
  scope: "public",
  replies: { 200: { description: "It runs", schema: Live } },
  errors: [],
});

/** 200 when a quorum confirmed a read within the last 2 s. */
export const readyz = plainRoute({
  id: "readyz",
  method: "get",
  path: "/readyz",
  summary: "Did a quorum confirm a read within 2 s?",
  scope: "public",
  replies: {
    200: { description: "Ready", schema: Ready },
    503: { description: "Not ready", schema: Ready },
  },
  errors: [],
});

/** Counters and histograms of this gateway, and depths of the queues that a token may read. */
export const metrics = plainRoute({
  id: "metrics",
  method: "get",
  path: "/metrics",
  summary:
    "Metrics in the Prometheus text format; with a token, the depths of queues that it may read",
  scope: "public",
  takesToken: true,
  replies: { 200: { description: "Metrics", schema: z.string(), contentType: "text/plain" } },
  errors: ["token-invalid"],
});

/** This document. */
export const openapi = plainRoute({
  id: "openapi",
  method: "get",
  path: "/openapi.json",
  summary: "This API as OpenAPI 3.1",
  scope: "public",
  replies: { 200: { description: "The document", schema: z.record(z.string(), z.unknown()) } },
  errors: [],
});

/** The same for people. */
export const reference = plainRoute({
  id: "reference",
  method: "get",
  path: "/docs",
  summary: "This API as a page",
  scope: "public",
  replies: { 200: { description: "The page", schema: z.string(), contentType: "text/html" } },
  errors: [],
});

/** The public keys whose tokens this gateway accepts. */
export const jwks = plainRoute({
  id: "jwks",
  method: "get",
  path: "/.well-known/jwks.json",
  summary: "Public keys of the token issuers (RFC 7517)",
  scope: "public",
  replies: {
    200: {
      description: "The key set",
      contentType: "application/jwk-set+json",
      schema: z
        .strictObject({ keys: z.array(z.record(z.string(), z.unknown())) })
        .meta({ id: "KeySet" }),
    },
  },
  errors: [],
});
