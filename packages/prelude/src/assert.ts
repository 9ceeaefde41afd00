/** Thrown when our own code is wrong. The process that meets it stops; nobody handles it. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/**
 * States what must hold. Stays on in production.
 *
 * Only for what our own code or a guard has established, never for what a message says: no peer
 * may be able to crash another. Throws AssertionError.
 */
export function assert(condition: unknown, claim = "assertion failed"): asserts condition {
  if (!condition) throw new AssertionError(claim);
}

/** Returns `value`, which the caller knows to be present. Throws AssertionError otherwise. */
export function present<T>(value: T | undefined | null, claim = "value is present"): T {
  if (value === undefined || value === null) throw new AssertionError(claim);
  return value;
}

/** The end of an exhaustive switch: compiles only if no case is left. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`);
}
