/**
 * The dashboard's files: read once at start, served from memory by exact path.
 *
 * Each page has its own Content-Security-Policy, with the hashes of its own inline scripts: the
 * export has no nonces, and a hash names exactly the script that the build wrote.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";
import helmet from "helmet";
import { nameRequest } from "./request-id.ts";

/** Files of a dashboard together, in bytes: they are kept in memory. */
const dashboardBytesMax = 64 * 1024 * 1024;

/** A file that is served. */
interface ServedFile {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly etag: string;
  /** Of pages only. */
  readonly policy: string | null;
  readonly cacheControl: string;
}

/** Serves the dashboard's pages and their files. */
export interface Dashboard {
  /** Answers a GET or HEAD of a page or file; false when there is none at this path. */
  serve(request: IncomingMessage, response: ServerResponse): boolean;
  /** Answers a browser that asks for a page that does not exist; false for anybody else. */
  serveMissing(request: IncomingMessage, response: ServerResponse): boolean;
}

const contentTypes: ReadonlyMap<string, string> = new Map([
  [".css", "text/css; charset=utf-8"],
  [".html", "text/html; charset=utf-8"],
  [".ico", "image/x-icon"],
  [".js", "text/javascript; charset=utf-8"],
  [".json", "application/json"],
  [".png", "image/png"],
  [".svg", "image/svg+xml"],
  [".txt", "text/plain; charset=utf-8"],
  [".webmanifest", "application/manifest+json"],
  [".woff", "font/woff"],
  [".woff2", "font/woff2"],
]);

// The policy is written per page; the other headers are helmet's defaults, without HSTS, which
// belongs to whoever ends TLS in front of a gateway.
const secure = helmet({ contentSecurityPolicy: false, strictTransportSecurity: false });

/** Reads the folder of the exported dashboard; a folder that is missing serves one plain page. */
export function loadDashboard(folder: string | null): Dashboard {
  const files = folder !== null && existsSync(folder) ? readFolder(folder) : plainFiles();
  return {
    serve(request, response) {
      const file = fileAt(files, pathOf(request));
      if (typeof file === "string") {
        nameRequest(request, response);
        response.writeHead(308, { Location: file }).end();
        return true;
      }
      return file !== null && sendFile(file, 200, request, response);
    },
    serveMissing(request, response) {
      const missing = files.get("/404.html") ?? files.get("/404/index.html");
      const isPage = (request.headers.accept ?? "").includes("text/html");
      return missing !== undefined && isPage && sendFile(missing, 404, request, response);
    },
  };
}

/** The path of the request, or null when it is not to be served as a file. */
function pathOf({ method, url = "/" }: IncomingMessage): string | null {
  if (method !== "GET" && method !== "HEAD") return null;
  try {
    return decodeURIComponent(url.split("?", 1)[0] ?? "/");
  } catch {
    // Broken percent-encoding names no file; the router says what is wrong with it.
    return null;
  }
}

/** The file at a path; `/queues/` is its index, `/queues` a text: where to go instead. */
function fileAt(
  files: ReadonlyMap<string, ServedFile>,
  path: string | null,
): ServedFile | string | null {
  if (path === null) return null;
  const direct = files.get(path.endsWith("/") ? `${path}index.html` : path);
  if (direct !== undefined) return direct;
  return files.has(`${path}/index.html`) ? `${path}/` : null;
}

function sendFile(
  file: ServedFile,
  status: number,
  request: IncomingMessage,
  response: ServerResponse,
): true {
  nameRequest(request, response);
  secure(request, response, (error?: unknown) => {
    if (error instanceof Error) throw error;
  });
  response.setHeader("ETag", file.etag);
  response.setHeader("Cache-Control", file.cacheControl);
  if (file.policy !== null) response.setHeader("Content-Security-Policy", file.policy);
  if (status === 200 && request.headers["if-none-match"] === file.etag) {
    response.writeHead(304).end();
    return true;
  }
  response.writeHead(status, {
    "Content-Type": file.contentType,
    "Content-Length": file.bytes.length,
  });
  response.end(request.method === "HEAD" ? undefined : file.bytes);
  return true;
}

function readFolder(folder: string): ReadonlyMap<string, ServedFile> {
  const files = new Map<string, ServedFile>();
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const served = servedFile(path, readFileSync(file));
    bytes += served.bytes.length;
    if (bytes > dashboardBytesMax) throw new Error(`the dashboard in ${folder} is too large`);
    files.set(path, served);
  }
  return files;
}

function servedFile(path: string, bytes: Buffer): ServedFile {
  const contentType = contentTypes.get(extname(path)) ?? "application/octet-stream";
  const isPage = extname(path) === ".html";
  return {
    bytes,
    contentType,
    etag: `"${digestOf(bytes)}"`,
    policy: isPage ? policyOf(bytes.toString("utf8")) : null,
    // Files under _next/static have their content's hash in their name.
    cacheControl: path.startsWith("/_next/static/")
      ? "public, max-age=31536000, immutable"
      : "no-cache",
  };
}

function policyOf(page: string): string {
  const hashes = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = ""]) => `'sha256-${digestOf(Buffer.from(script))}'`,
  );
  return [
    "default-src 'self'",
    ["script-src 'self'", ...new Set(hashes)].join(" "),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("base64");
}

const plainPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Quorate</title>
<h1>Quorate is running</h1>
<p>The dashboard has not been built here. The API is at <a href="/openapi.json">/openapi.json</a>.</p>
</html>
`;

function plainFiles(): ReadonlyMap<string, ServedFile> {
  return new Map([["/index.html", servedFile("/index.html", Buffer.from(plainPage))]]);
}
