/** What the core wants becomes what the ports do. */
import { unreachable } from "@quorate/prelude";
import type { Journal, Log, Metrics, Transport } from "@quorate/ports";
import type { Effect, Input, StopReason } from "@quorate/vsr";
import { sendNote } from "./status-board.ts";

export interface EffectPorts {
  readonly journal: Journal;
  readonly transport: Transport;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The replica must not go on: ends the process. */
  onStop(reason: StopReason, detail: string): void;
  /** Gives the core the completion of what it asked for. */
  dispatch(input: Input): void;
}

export function performEffect(effect: Effect, ports: EffectPorts): void {
  switch (effect.kind) {
    case "send":
      return void ports.transport.send(effect.to, effect.packet);
    case "append":
      return performAppend(effect, ports);
    case "repair":
      return ports.journal.append(effect.entries, () => {
        ports.dispatch({ kind: "repaired", entries: effect.entries });
      });
    case "write-superblock":
      return ports.journal.writeSuperblock(effect.superblock, () => {
        ports.dispatch({ kind: "superblock-stored", write: effect.write });
      });
    case "read":
      return performRead(effect, ports);
    case "write-blocks":
      return ports.journal.writeBlocks(effect.blocks, () => {
        ports.dispatch({ kind: "blocks-stored", token: effect.token });
      });
    case "read-blocks":
      return performBlockRead(effect, ports);
    case "retain-blocks":
      return ports.journal.retainBlocks(effect.stateRoots);
    case "ignore":
      return ports.metrics.count("quorate_inputs_ignored_total", {
        command: effect.command,
        reason: effect.reason,
      });
    case "hint":
      return sendNote(ports.transport, { note: "ready", queues: effect.queues });
    case "executed":
      return ports.metrics.count("quorate_operations_executed_total", {}, effect.operations);
    case "alarm":
      return ports.log.error("protocol alarm", { alarm: effect.alarm, detail: effect.detail });
    case "stop":
      return ports.onStop(effect.reason, effect.detail);
    default:
      return unreachable(effect);
  }
}

function performAppend(effect: Effect & { kind: "append" }, ports: EffectPorts): void {
  const last = effect.entries.at(-1);
  if (last === undefined) return;
  const { generation } = effect;
  const { op } = last.header;
  ports.journal.append(effect.entries, () => ports.dispatch({ kind: "appended", generation, op }));
}

function performBlockRead(effect: Effect & { kind: "read-blocks" }, ports: EffectPorts): void {
  const { token } = effect;
  void ports.journal.readBlocks(effect.digests).then((blocks) => {
    ports.dispatch({ kind: "blocks-read", token, blocks });
  });
}

function performRead(effect: Effect & { kind: "read" }, ports: EffectPorts): void {
  const { token } = effect;
  void ports.journal.read(effect.positions).then((entries) => {
    ports.dispatch({ kind: "entries-read", token, entries });
  });
}
