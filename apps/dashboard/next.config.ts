import { join } from "node:path";
import type { NextConfig } from "next";
import { PHASE_DEVELOPMENT_SERVER } from "next/constants.js";

/** Where `next dev` finds an api; the exported files are served by the api itself and need none. */
const devApiUrl = process.env["QUORATE_API_URL"] ?? "http://127.0.0.1:8080";

const common: NextConfig = {
  // Without it `out/queues.html` and `out/queues/` clash, and a static server redirects into a 404.
  trailingSlash: true,
  reactStrictMode: true,
  turbopack: { root: join(import.meta.dirname, "../..") },
};

const exported: NextConfig = { ...common, output: "export" };

const developed: NextConfig = {
  ...common,
  skipTrailingSlashRedirect: true,
  allowedDevOrigins: ["127.0.0.1"],
  rewrites: () =>
    Promise.resolve([
      { source: "/v1/:path*", destination: `${devApiUrl}/v1/:path*` },
      { source: "/live/", destination: `${devApiUrl}/live/` },
    ]),
};

/** The settings of `next build`, which makes `out/`, and of `next dev`, which asks a running api. */
export default function config(phase: string): NextConfig {
  return phase === PHASE_DEVELOPMENT_SERVER ? developed : exported;
}
