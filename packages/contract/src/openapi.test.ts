import { describe, expect, it } from "vitest";
import { commonErrors, type Route } from "./route.ts";
import { documentPath, openApiDocument } from "./openapi.ts";
import { routes } from "./routes.ts";

const document: unknown = JSON.parse(JSON.stringify(openApiDocument(routes, "1.2.3")));

/** The part at a path of names. */
function at(...names: string[]): unknown {
  return names.reduce<unknown>(
    (part, name) =>
      typeof part === "object" && part !== null ? Reflect.get(part, name) : undefined,
    document,
  );
}

/** Every value of every object of the document, with its name. */
function everything(part: unknown = document): readonly (readonly [string, unknown])[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap((entry) => [entry, ...everything(entry[1])]);
}

function responses({ path, method }: Route): unknown {
  return at("paths", documentPath(path), method, "responses");
}

describe("the document", () => {
  it("is OpenAPI 3.1 with every route and no other", () => {
    expect(at("openapi")).toBe("3.1.0");
    expect(at("info")).toMatchObject({ title: "Quorate", version: "1.2.3" });
    const listed = Object.entries(at("paths") ?? {}).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const served = routes.map(({ method, path }) => `${method} ${documentPath(path)}`);
    expect(listed.toSorted()).toEqual(served.toSorted());
  });

  it("has names that are unique, and references that lead somewhere", () => {
    const ids = routes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const references = everything().filter(([name]) => name === "$ref");
    expect(references.length).toBeGreaterThan(20);
    for (const [, reference] of references) {
      const [hash, ...names] = String(reference).split("/");
      expect(hash).toBe("#");
      expect(at(...names), String(reference)).toBeDefined();
    }
    expect(everything().map(([name]) => name)).not.toContain("$defs");
  });

  it("describes each named part by itself, and not by its own name", () => {
    for (const [name, part] of Object.entries(at("components", "schemas") ?? {})) {
      expect(part).not.toHaveProperty("$ref");
      expect(Object.keys(part).length, name).toBeGreaterThan(0);
    }
    const required = ["principal", "scopes", "expiresAt", "clusterId", "coord"];
    expect(at("components", "schemas", "Me")).toMatchObject({ type: "object", required });
  });

  it("names all parameters of each path", () => {
    for (const { method, path } of routes) {
      const parameters = at("paths", documentPath(path), method, "parameters");
      const named = Array.isArray(parameters)
        ? parameters.filter((each) => each.in === "path").map((each) => `:${each.name}`)
        : [];
      expect(named).toEqual(path.match(/:\w+/g) ?? []);
    }
  });

  it("says what each route answers, in every case", () => {
    for (const route of routes) {
      const statuses = Object.keys(responses(route) ?? {});
      for (const status of Object.keys(route.replies)) expect(statuses).toContain(status);
      expect(statuses).toContain("500");
      if (route.scope !== "public") expect(statuses).toContain("401");
    }
  });

  it("refuses unknown fields of requests, and leaves room for new ones in answers", () => {
    const enqueue = at("paths", "/v1/queues/{queue}/enqueue", "post", "requestBody", "content");
    expect(enqueue).toHaveProperty(["application/json", "schema", "additionalProperties"], false);
    const answers = [at("components", "schemas"), ...routes.map(responses)];
    const closed = answers.flatMap((part) =>
      everything(part).filter(([name, value]) => name === "additionalProperties" && !value),
    );
    expect(closed).toEqual([]);
  });

  it("says that a message has one body and at most one delay", () => {
    const body = [{ required: ["body"] }, { required: ["bodyBase64"] }];
    const schema = { oneOf: body, not: { required: ["delayMs", "notBefore"] } };
    const one = at("paths", "/v1/queues/{queue}/enqueue", "post", "requestBody", "content");
    expect(one).toMatchObject({ "application/json": { schema } });
    const many = at("paths", "/v1/queues/{queue}/enqueue/batch", "post", "requestBody", "content");
    const list = { properties: { messages: { items: schema } } };
    expect(many).toMatchObject({ "application/json": { schema: list } });
    expect(at("components", "schemas", "Delivery")).toMatchObject({ oneOf: body });
  });

  it("does not promise what is not served yet", () => {
    expect(JSON.stringify(document)).not.toMatch(/receipt/);
  });
});

it("no route repeats an error that it has anyway", () => {
  for (const route of routes) {
    const common = new Set<string>(commonErrors(route));
    const repeated = route.errors.filter((code) => common.has(code) && route.scope !== "public");
    expect(repeated, route.id).toEqual([]);
  }
});
