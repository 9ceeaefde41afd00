/** What is in a request, checked: the queue's name first, then the query, then the body. */
import {
  ApiError,
  type CapturedRange,
  isQueueName,
  type Route,
  type ShapeFault,
} from "@quorate/contract";
import type { TextCodec } from "./host.ts";
import { faultsError, parseBody } from "./request-json.ts";

/** Throws `request-invalid` when no queue can have this name; null is a path without one. */
export function refuseBadName(queue: string | null): void {
  if (queue === null || isQueueName(queue)) return;
  const detail = "The queue's name is not accepted: [a-z0-9][a-z0-9._-]{0,79}.";
  throw new ApiError("request-invalid", { detail, errors: [{ pointer: "", detail }] });
}

/** A body, and where the values are that it only has the ordinals of. */
export interface CheckedBody<B> {
  readonly body: B;
  readonly captured: readonly CapturedRange[];
}

/** The body as the route has it. Throws `request-invalid` or `limit-exceeded` with every fault. */
export function checkedBody<B, Q>(
  route: Route<B, Q>,
  bytes: Uint8Array,
  text: TextCodec,
): CheckedBody<B> {
  const { value, captured } = parseBody(bytes, route.capture, text);
  const faults: ShapeFault[] = [];
  if (isBodyOf(route, value, faults)) return { body: value, captured };
  throw faultsError(faults);
}

/** Whether it is the route's body; a handler of a route that has none does not look at it. */
function isBodyOf<B, Q>({ body }: Route<B, Q>, value: unknown, faults: ShapeFault[]): value is B {
  return body === null || body.holds(value, faults);
}
