/** What a `PUT` of a queue would do, as `?dryRun=true` shows it. */
import type { PutTrial, QueueConfig } from "@quorate/queue";

/** The effect of a put that would not be refused. */
export function effectOf(trial: Exclude<PutTrial, { would: "refuse" }>) {
  const { config, stats } = trial.view;
  const { ready, blocked, leased, scheduled, dead, bytes } = stats;
  const held = {
    maxMessages: ready + blocked + leased + scheduled + dead,
    maxBytes: bytes,
    maxInFlight: leased,
  } as const;
  const limits = ["maxMessages", "maxBytes", "maxInFlight"] as const;
  return {
    creates: trial.would === "create",
    changes: trial.would === "create" ? [] : changesOf(trial.before, config),
    exceeded: limits.filter((limit) => held[limit] > config[limit]),
  };
}

function changesOf(before: QueueConfig, after: QueueConfig) {
  const earlier = new Map(fieldsOf(before));
  return fieldsOf(after).flatMap(([field, to]) => {
    const from = earlier.get(field);
    return from === undefined || from === to ? [] : [{ field, from, to }];
  });
}

/** Every field by its name; those of the backoff with a dot. */
function fieldsOf({ backoff, ...rest }: QueueConfig) {
  const fields = Object.entries(backoff).map(
    ([name, value]): readonly [string, number | string | boolean] => [`backoff.${name}`, value],
  );
  return [...Object.entries(rest), ...fields];
}
