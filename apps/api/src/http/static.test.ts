import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

const inline = "self.theme = 'dark';";
const page = (title: string) =>
  `<!DOCTYPE html><html><head><script src="/_next/static/a.js"></script><script>${inline}</script></head><body>${title}</body></html>`;

let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "quorate-dashboard-"));
  mkdirSync(join(folder, "queues"));
  mkdirSync(join(folder, "_next/static"), { recursive: true });
  writeFileSync(join(folder, "index.html"), page("cluster"));
  writeFileSync(join(folder, "queues/index.html"), page("queues"));
  writeFileSync(join(folder, "404.html"), page("not found"));
  writeFileSync(join(folder, "_next/static/a.js"), "1;");
  gateway = await startTestGateway({ dashboardDir: folder });
});

afterAll(async () => {
  await gateway.stop();
  rmSync(folder, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  gateway.send("GET", path, { token: null, headers });

describe("the dashboard", () => {
  it("serves pages with a policy that names exactly their own inline scripts", async () => {
    const { status, text, headers } = await get("/");
    expect(status).toBe(200);
    expect(text).toContain("cluster");
    const hash = createHash("sha256").update(inline).digest("base64");
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("serves folders at their path with a slash, and sends there without", async () => {
    expect((await get("/queues/?name=orders")).text).toContain("queues");
    const moved = await get("/queues");
    expect(moved.status).toBe(308);
    expect(moved.headers.get("location")).toBe("/queues/");
  });

  it("serves files with a hash in their name for ever, pages by their ETag", async () => {
    const script = await get("/_next/static/a.js");
    expect(script.headers.get("cache-control")).toContain("immutable");
    expect(script.headers.get("content-type")).toContain("text/javascript");
    const first = await get("/");
    const again = await get("/", { "if-none-match": first.headers.get("etag") ?? "" });
    expect(again.status).toBe(304);
  });

  it("answers a browser's missing page with the page for it, and programs with a problem", async () => {
    const missing = await get("/nowhere/", { accept: "text/html,*/*" });
    expect(missing.status).toBe(404);
    expect(missing.text).toContain("not found");
    expect((await get("/nowhere/")).headers.get("content-type")).toContain("problem+json");
    for (const accept of ["application/json", "text/html"]) {
      const { status, headers } = await get("/v1/nope", { accept });
      expect([status, headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    }
  });

  it("gives away nothing outside its folder", async () => {
    for (const path of [
      "/..%2f..%2fetc/passwd",
      "/%2e%2e/package.json",
      "/queues/..%2findex.html",
      "//etc/passwd",
      "/%00",
    ]) {
      const { status, text } = await get(path);
      expect(status, path).toBe(404);
      expect(text).not.toContain("root:");
    }
  });
});
