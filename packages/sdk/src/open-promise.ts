/** `Promise.withResolvers`, which Node 20 does not have. */

/** A promise and the ways to settle it. */
export interface OpenPromise<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A promise that is settled from outside. */
export function openPromise<T>(): OpenPromise<T> {
  let resolve: OpenPromise<T>["resolve"] = () => {};
  let reject: OpenPromise<T>["reject"] = () => {};
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
