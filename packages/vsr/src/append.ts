/** An entry takes its place at the end of the log and goes to the journal. */
import type { Entry } from "@quorate/protocol";
import type { Replica } from "./state.ts";

export function appendEntry(replica: Replica, entry: Entry): void {
  replica.log.push(entry.header, entry.hash, "appending");
  replica.cache.put(entry);
  replica.effects.push({
    kind: "append",
    entries: [entry],
    generation: replica.log.generation,
  });
}
