import { createHash } from "node:crypto";
import { errors, routes } from "@quorate/contract";
import { expect, it } from "vitest";
import { gatewayOfTests } from "../testing/gateway-of-tests.ts";
import { html } from "./html.ts";
import { schemaLine } from "./schema-html.ts";

const gateway = await gatewayOfTests();
const reference = await gateway.send("GET", "/docs", { token: null });
const page = reference.text;
const policy = reference.headers.get("content-security-policy") ?? "";

it("the reference is served without a token, as a page", async () => {
  const { status, headers } = await gateway.send("GET", "/docs", { token: null });
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
});

it("has one style sheet, named by its hash, and nothing from elsewhere", () => {
  const [, style = "", ...others] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  expect(policy).toContain(`style-src 'sha256-${hash}'`);
  expect(policy).toMatch(/^default-src 'none';/);
  expect(others).toEqual([]);
  expect(page).not.toMatch(/<script|<link|<img|\son\w+=|\sstyle=|https?:\/\//i);
});

it("names every route, every scope of one, and every error", () => {
  for (const { id, path } of routes) {
    expect(page).toContain(`<section id="${id}">`);
    expect(page).toContain(path.replaceAll(/:(\w+)/g, "{$1}"));
  }
  for (const { scope } of routes) {
    if (scope !== "public" && scope !== "any") expect(page).toContain(`<code>${scope}`);
  }
  for (const code of Object.keys(errors)) expect(page).toContain(`<code>${code}</code>`);
});

it("has no link that leads nowhere", () => {
  const targets = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(routes.length);
  expect(links.filter((id) => !targets.has(id))).toEqual([]);
});

it("shows texts as texts", () => {
  const evil = `<script>alert("1")</script>&'`;
  expect(html`<p title="${evil}">${evil}</p>`.html).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;">' +
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</p>",
  );
});

it("says of a value what it may be", () => {
  const line = (schema: object) => schemaLine(schema).html;
  expect(line({ type: "integer", minimum: 1, maximum: 100_000 })).toBe(
    "integer <small>from 1, to 100,000</small>",
  );
  expect(line({ enum: ["a", "b"] })).toBe("&quot;a&quot; or &quot;b&quot;");
  expect(line({ anyOf: [{ type: "null" }, { $ref: "#/components/schemas/Time" }] })).toBe(
    'null or <a href="#schema-Time">Time</a>',
  );
  expect(line({})).toBe("any value");
});

it("says what a field of a request means, and of which alternatives it is", () => {
  const table = /<section id="dequeue">[^]*?<\/section>/.exec(page)?.[0] ?? "";
  expect(table).toContain("How long they are yours (the queue&#39;s leaseMsDefault)");
  const settle = (/<section id="settle">[^]*?<\/section>/.exec(page)?.[0] ?? "").replaceAll(
    /\s+/g,
    " ",
  );
  expect(settle).toContain("list of object");
  expect(settle).toMatch(/settlements\[\]\.action<\/code><\/td> <td>&quot;ack&quot; or &quot;nack/);
  expect(settle).toContain(
    "nack: How long it waits (as the queue&#39;s backoff says); release: How",
  );
  expect(settle).toContain("<br />extend: How long from now (the queue&#39;s leaseMsDefault)");
  expect(page).not.toContain("any value or any value");
});
