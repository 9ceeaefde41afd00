/**
 * A program may have this package more than once: through a dependency with another range, or in the
 * bundle of a test runner. `instanceof` would tell a class from the same one of another copy.
 */

/** A class whose prototype can be marked. */
interface Marked {
  readonly prototype: object;
}

/**
 * Makes `instanceof` of this class say yes also to what another copy of this package has made. Called in
 * the class's static block; the name is never used for another class. A class that extends it is told
 * apart as usual.
 */
export function knowInEveryCopy(marked: Marked, name: string): void {
  const mark = Symbol.for(`@quorate/sdk/${name}`);
  Object.defineProperty(marked.prototype, mark, { value: true });
  Object.defineProperty(marked, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this !== marked) return Function.prototype[Symbol.hasInstance].call(this, value);
      return typeof value === "object" && value !== null && mark in value;
    },
  });
}
