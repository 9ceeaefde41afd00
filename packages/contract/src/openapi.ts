/** The OpenAPI 3.1 document, generated from the routes. */
import * as z from "zod";
import { QueueName } from "./names.ts";
import { responsesOf } from "./openapi-responses.ts";
import { type JsonObject, schemaOf, withoutDialect } from "./openapi-schema.ts";
import type { Route } from "./route.ts";

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
      ? { security: route.takesToken === true ? [{}, { token: [] }] : [] }
      : { security: [{ token: [] }], "x-quorate-scope": route.scope }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === null ? {} : { requestBody: requestBodyOf(route) }),
    responses: responsesOf(route, schemas),
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
