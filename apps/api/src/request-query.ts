/** The query of a request: known parameters only, each once. */
import { ApiError, type Shape, type ShapeFault } from "@quorate/contract";
import { faultsError } from "./request-json.ts";

/** The parameters of the URL, checked. Throws `request-invalid`; pointers are `?name`. */
export function checkedQuery<Q>(shape: Shape<Q>, url: string): Q {
  const at = url.indexOf("?");
  const values: Record<string, string> = {};
  if (at !== -1) {
    for (const [name, value] of new URLSearchParams(url.slice(at + 1))) {
      if (Object.hasOwn(values, name)) throw queryError(name, "given twice");
      if (name === "__proto__") throw queryError(name, "unknown field");
      values[name] = value;
    }
  }
  const faults: ShapeFault[] = [];
  if (shape.holds(values, faults)) return values;
  throw faultsError(
    faults.map((fault) => ({ ...fault, pointer: fault.pointer.replace("/", "?") })),
  );
}

function queryError(name: string, detail: string): ApiError {
  const errors = [{ pointer: `?${name}`, detail }];
  return new ApiError("request-invalid", { detail: `?${name}: ${detail}.`, errors });
}
