/** What is read without a token: probes, the API's own description, public keys. */
import {
  jwks,
  livez,
  openapi,
  openApiDocument,
  readyz,
  reference,
  routes,
} from "@quorate/contract";
import { jsonAnswer } from "@quorate/rest";
import type { JWK } from "jose";
import { mount, type Mounting } from "../http/mount.ts";
import { referencePage } from "../reference/reference-page.ts";
import type { Readiness } from "../cluster/readiness.ts";

/** What the probes tell of. */
export interface Probed {
  readonly readiness: Readiness;
  readonly version: string;
  readonly publicKeys: () => readonly JWK[];
}

/** Serves `/livez`, `/readyz`, `/openapi.json`, `/docs` and `/.well-known/jwks.json`. */
export function mountProbes(mounting: Mounting, probed: Probed): void {
  const openApi = openApiDocument(routes, probed.version);
  const document = JSON.stringify(openApi);
  const page = referencePage(openApi);
  mount(mounting, livez, () => jsonAnswer(200, { status: "live" }));
  mount(mounting, readyz, async () => {
    const reason = await probed.readiness();
    const status = reason === null ? "ready" : "not-ready";
    return jsonAnswer(reason === null ? 200 : 503, { status, reason });
  });
  mount(mounting, openapi, () => ({ status: 200, body: document }));
  mount(mounting, reference, () => ({
    status: 200,
    body: page.body,
    headers: { "Content-Security-Policy": page.policy },
    contentType: "text/html; charset=utf-8",
  }));
  mount(mounting, jwks, () => ({
    status: 200,
    body: JSON.stringify({ keys: probed.publicKeys() }),
    headers: { "Cache-Control": "public, max-age=60" },
    contentType: "application/jwk-set+json",
  }));
}
