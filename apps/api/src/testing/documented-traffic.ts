/**
 * Every request and answer that a test sees is held against the OpenAPI document: the same one that
 * callers read. What the document does not say must not happen.
 */
import { documentPath, openApiDocument, problemType, type Route, routes } from "@quorate/contract";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { default as addFormats } from "ajv-formats";
import * as z from "zod";

/** One request and its answer. */
export interface Exchange {
  readonly method: string;
  /** With its query. */
  readonly target: string;
  /** The text that was sent as JSON; null when none was. */
  readonly sent: string | null;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The document that a gateway of this version serves. */
export const document = openApiDocument(routes, "0.1.0");

const Schema = z.record(z.string(), z.unknown());
/** An object's fields; what stands beside a reference only narrows what the reference says. */
const OpenObject = z.looseObject({
  type: z.literal("object"),
  properties: Schema,
  $ref: z.undefined().optional(),
});
const Content = z.record(z.string(), z.object({ schema: Schema }));
const Operation = z.object({
  parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(
    z.string(),
    z.object({
      headers: z.record(z.string(), z.object({ required: z.boolean() })),
      content: Content.optional(),
    }),
  ),
});
type Operation = z.infer<typeof Operation>;

const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});
const { paths, components } = Document.parse(document);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
// RFC 4648 §4, padded.
ajv.addFormat("base64", /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
for (const [name, schema] of Object.entries(components.schemas)) {
  ajv.addSchema(linked(schema), `component:${name}`);
}
const compiled = new Map<string, ValidateFunction>();

/** Throws when the exchange is not as the document says. */
export function assertDocumented(exchange: Exchange): void {
  const { method, target, status, headers, text } = exchange;
  const { pathname, searchParams } = new URL(target, "http://gateway");
  const name = `${method} ${pathname} ${status}`;
  if (headers.get("x-request-id") === null) throw new Error(`${name} has no X-Request-Id`);
  const route = routeOf(method, pathname);
  if (route === undefined) return;
  const operation = operationOf(route);
  const response = operation.responses[status];
  if (response === undefined) throw new Error(`${name} is not in the document: ${text}`);
  for (const [header, { required }] of Object.entries(response.headers)) {
    if (required && headers.get(header) === null) throw new Error(`${name} lacks ${header}`);
  }
  assertContent(exchange, response.content ?? {}, { name, route });
  if (status < 300) assertRequest(exchange, operation, { name, route, searchParams });
}

function routeOf(method: string, pathname: string): Route | undefined {
  return routes.find(
    (route) =>
      route.method === method.toLowerCase() &&
      new RegExp(`^${route.path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`).test(
        pathname,
      ),
  );
}

function operationOf({ path, method }: Route): Operation {
  const operation = paths[documentPath(path)]?.[method];
  if (operation === undefined) throw new Error(`${method} ${path} is not in the document`);
  return operation;
}

interface At {
  readonly name: string;
  readonly route: Route;
}

function assertContent(
  { status, headers, text }: Exchange,
  content: z.infer<typeof Content>,
  { name, route }: At,
): void {
  const contentType = (headers.get("content-type") ?? "").split(";")[0] ?? "";
  const declared = content[contentType];
  if (declared === undefined) {
    if (text === "" && Object.keys(content).length === 0) return;
    throw new Error(`${name} has the undocumented type "${contentType}"`);
  }
  if (!contentType.endsWith("json")) return;
  const value: unknown = JSON.parse(text);
  assertValid(declared.schema, value, { key: `${route.id} ${status} ${contentType}`, name });
  if (contentType !== problemType) return;
  const problem = z.object({ status: z.int(), requestId: z.string() }).parse(value);
  if (problem.status !== status || problem.requestId !== headers.get("x-request-id")) {
    throw new Error(`${name}: a problem contradicts its answer: ${text}`);
  }
}

/** What was accepted is what the document says may be sent. */
function assertRequest(
  { sent, text }: Exchange,
  { parameters, requestBody }: Operation,
  { name, route, searchParams }: At & { readonly searchParams: URLSearchParams },
): void {
  for (const parameter of searchParams.keys()) {
    if (!parameters.some((known) => known.in === "query" && known.name === parameter)) {
      throw new Error(`${name} took the undocumented parameter ${parameter}`);
    }
  }
  if (sent === null || sent === "") return;
  const schema = requestBody?.content["application/json"]?.schema;
  if (schema === undefined) throw new Error(`${name} took a body that is not in the document`);
  // A faulty entry of a batch is no fault of the call: it is refused by itself, in the answer.
  if (route.id === "enqueueBatch" && !/"refused":0\D/.test(text)) return;
  assertValid(schema, JSON.parse(sent), {
    key: `${route.id} request`,
    name: `${name}: the request`,
  });
}

function assertValid(
  schema: z.infer<typeof Schema>,
  value: unknown,
  { key, name }: { readonly key: string; readonly name: string },
): void {
  const validate = compiled.get(key) ?? ajv.compile(linked(schema));
  compiled.set(key, validate);
  if (validate(value)) return;
  throw new Error(`${name} is not as documented: ${ajv.errorsText(validate.errors)}`);
}

/**
 * The same schema, its references led to the components as the validator knows them. Answers are
 * documented as open, because fields may be added; what our own gateway answers has no others.
 */
function linked(schema: z.infer<typeof Schema>): z.infer<typeof Schema> {
  const text = JSON.stringify(schema).replaceAll('"#/components/schemas/', '"component:');
  return Schema.parse(JSON.parse(text, (_name, part: unknown) => closed(part)));
}

function closed(part: unknown): unknown {
  const { success, data } = OpenObject.safeParse(part);
  return success ? { additionalProperties: false, ...data } : part;
}
