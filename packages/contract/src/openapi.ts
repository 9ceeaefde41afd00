/** The OpenAPI 3.1 document, generated from the routes. */
import * as z from "zod";
import { type ErrorCode, errors } from "./errors.ts";
import { QueueName } from "./names.ts";
import { Problem, problemType } from "./problem.ts";
import { commonErrors, type Reply, type Route } from "./route.ts";

/** A JSON object, as a document holds it. */
export type JsonObject = { readonly [name: string]: unknown };

/** The document for these routes. `version` is that of the API's program. */
export function openApiDocument(routes: readonly Route[], version: string): JsonObject {
  const schemas = new Map<string, JsonObject>();
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of routes) {
    const path = documentPath(route.path);
    paths[path] = { ...paths[path], [route.method]: operationOf(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Quorate",
      version,
      description: "A durable message queue that several servers keep together.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: Object.fromEntries(
        [...schemas].toSorted(([left], [right]) => (left < right ? -1 : 1)),
      ),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", bearerFormat: "JWT (RFC 9068)" },
      },
    },
  };
}

/** `/v1/queues/{queue}` of `/v1/queues/:queue`. */
export function documentPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

function operationOf(route: Route, schemas: Map<string, JsonObject>): JsonObject {
  const parameters = [
    ...pathParameters(route, schemas),
    ...queryParameters(route),
    ...headersOf(route),
  ];
  return {
    operationId: route.id,
    summary: route.summary,
    ...(route.scope === "public"
      ? { security: [] }
      : { security: [{ token: [] }], "x-quorate-scope": route.scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null ? {} : { requestBody: requestBodyOf(route) }),
    responses: { ...successes(route, schemas), ...problems(route, schemas) },
  };
}

function pathParameters(route: Route, schemas: Map<string, JsonObject>): readonly JsonObject[] {
  return [...route.path.matchAll(/:(\w+)/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: name === "queue" ? schemaOf(QueueName, "output", schemas) : { type: "string" },
  }));
}

function queryParameters(route: Route): readonly JsonObject[] {
  const { properties = {} } = z.toJSONSchema(route.query.schema, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", schema }));
}

function headersOf(route: Route): readonly JsonObject[] {
  return route.requestHeaders.map(({ name, description }) => ({
    name,
    in: "header",
    description,
    schema: { type: "string" },
  }));
}

function requestBodyOf({ body, takesRawBody }: Route): JsonObject {
  const schema = body === null ? {} : withoutDialect(z.toJSONSchema(body.schema, { io: "input" }));
  return {
    content: {
      "application/json": { schema },
      ...(takesRawBody ? { "*/*": { schema: { type: "string", format: "binary" } } } : {}),
    },
  };
}

function successes(route: Route, schemas: Map<string, JsonObject>): JsonObject {
  return Object.fromEntries(
    Object.entries(route.replies).map(([status, reply]) => [status, successOf(reply, schemas)]),
  );
}

function successOf(reply: Reply, schemas: Map<string, JsonObject>): JsonObject {
  const named = ["X-Request-Id", ...(reply.headers ?? [])];
  return {
    description: reply.description,
    headers: Object.fromEntries(named.map((name) => [name, { schema: { type: "string" } }])),
    ...(reply.schema === null
      ? {}
      : {
          content: {
            [reply.contentType ?? "application/json"]: {
              schema: schemaOf(reply.schema, "output", schemas),
            },
          },
        }),
  };
}

function problems(route: Route, schemas: Map<string, JsonObject>): JsonObject {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of [...commonErrors(route), ...route.errors]) {
    const { status } = errors[code];
    const codes = byStatus.get(status) ?? [];
    // A status that is a success of the route has its own schema.
    if (route.replies[status] === undefined) byStatus.set(status, [...codes, code]);
  }
  const schema = schemaOf(Problem, "output", schemas);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      status,
      { description: codes.join(", "), content: { [problemType]: { schema } } },
    ]),
  );
}

/** The schema, its named parts moved to the components. */
function schemaOf(
  schema: z.ZodType,
  io: "input" | "output",
  schemas: Map<string, JsonObject>,
): JsonObject {
  const document = z.toJSONSchema(schema, { io, reused: "inline" });
  const { $defs = {}, ...rest } = document;
  for (const [name, part] of Object.entries(defsOf($defs))) schemas.set(name, relinked(part));
  const id = z.globalRegistry.get(schema)?.id;
  if (id === undefined) return withoutDialect(relinked(rest));
  // A schema that is named itself may be among its own parts, and refers to them then.
  if (!("$ref" in rest)) schemas.set(id, withoutDialect(relinked(rest)));
  return { $ref: `#/components/schemas/${id}` };
}

function defsOf(defs: unknown): Readonly<Record<string, JsonObject>> {
  return isJsonObject(defs)
    ? Object.fromEntries(
        Object.entries(defs).filter((entry): entry is [string, JsonObject] =>
          isJsonObject(entry[1]),
        ),
      )
    : {};
}

/** The same with every reference into `$defs` turned to the components. */
function relinked(part: JsonObject): JsonObject {
  const copy: unknown = JSON.parse(
    JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/'),
  );
  return isJsonObject(copy) ? withoutDialect(copy) : {};
}

function withoutDialect(document: JsonObject): JsonObject {
  const { $schema: _dialect, id: _id, ...rest } = document;
  return rest;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
