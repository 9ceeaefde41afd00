/** What is measured. Names are snake_case with their unit last, as Prometheus wants them. */
export interface Metrics {
  /** Adds to a counter. */
  count(name: MetricName, labels?: Readonly<Record<string, string>>, amount?: number): void;
  /** Sets a gauge. */
  gauge(name: MetricName, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Records one observation, in seconds. */
  observe(name: MetricName, seconds: number, labels?: Readonly<Record<string, string>>): void;
}

/** Every metric, with the help text that operators see. Counters end in `_total`. */
export const metricHelp = {
  quorate_statement_rejects_total: "Statements refused at admission, by reason and peer.",
  quorate_link_rejects_total: "Frames and connections refused by the links, by reason.",
  quorate_evidence_total: "Contradictory statements received, by kind and member.",
  quorate_inputs_ignored_total: "Messages that the protocol ignored, by command and reason.",
  quorate_view: "The replica's view.",
  quorate_last_normal_view: "The last view in which the replica was normal.",
  quorate_head_op: "The newest op in the replica's log.",
  quorate_commit_op: "The newest op that the replica has executed.",
  quorate_base_op: "The op above which the replica's log begins: a checkpoint holds the rest.",
  quorate_checkpoint_op: "The op of the newest checkpoint on the replica's disk.",
  quorate_state_leaves_loaded: "Leaves taken of the state that is being opened or transferred.",
  quorate_state_leaves_to_load: "Leaves of that state in all; 0 when none is being loaded.",
  quorate_is_normal: "1 while the replica is in status normal.",
  quorate_is_primary: "1 while the replica is the acting primary.",
  quorate_view_changes_total: "Views that the replica has entered since its process began.",
  quorate_operations_executed_total: "Operations executed.",
  quorate_fsync_seconds: "Time of one flush of the journal.",
  quorate_journal_bytes_total: "Bytes appended to the journal.",
  quorate_http_request_seconds: "Time of an HTTP request, by route and status.",
  quorate_refusals_held_total: "Refusals that had to wait because too many came, by code.",
  quorate_gateway_waiting_calls: "Calls that wait in the gateway for their turn or for messages.",
  quorate_queue_messages:
    "Messages of a queue by state: ready, blocked, leased, scheduled or dead; a few seconds old.",
  quorate_queue_oldest_ready_age_seconds:
    "How long the oldest ready message of a queue has been ready; 0 without one.",
  quorate_queue_bytes: "Bytes that the messages of a queue count as, up to its maxBytes.",
  quorate_queues_left_out: "1 while there are more queues than are told of, else 0.",
} as const;
export type MetricName = keyof typeof metricHelp;
