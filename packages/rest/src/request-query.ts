/** The query of a request: known parameters only, each once. */
import { type Shape, type ShapeFault } from "@quorate/contract";
import { faultAt } from "./fault-at.ts";
import { faultsError } from "./request-json.ts";

/** The parameters, checked. Throws `request-invalid`; pointers are `?name`. */
export function checkedQuery<Q>(
  shape: Shape<Q>,
  parameters: Iterable<readonly [name: string, value: string]>,
): Q {
  const values: Record<string, string> = {};
  for (const [name, value] of parameters) {
    if (Object.hasOwn(values, name)) throw faultAt(`?${name}`, "given twice");
    if (name === "__proto__") throw faultAt(`?${name}`, "unknown field");
    values[name] = value;
  }
  const faults: ShapeFault[] = [];
  if (shape.holds(values, faults)) return values;
  throw faultsError(
    faults.map((fault) => ({ ...fault, pointer: fault.pointer.replace("/", "?") })),
  );
}
