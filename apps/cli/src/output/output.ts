/** The one place that prints: data to one side, talk to the other, in the format asked for. */
import { type Fields, jsonText, listAt, valueAt } from "../exact-json.ts";
import type { Terminal } from "../terminal.ts";
import { visible, visibleLines } from "./cell.ts";
import { type ColorChoice, type Paint, paintFor } from "./style.ts";
import { type Column, recordText, tableText } from "./table.ts";

/** What `-o` takes. */
export const outputFormats = ["table", "json", "ndjson", "id"] as const;

/** See `outputFormats`. */
export type OutputFormat = (typeof outputFormats)[number];

/** How an answer looks to a person, and the path of what names each thing in it (null: nothing). */
export type View =
  | {
      readonly kind: "list";
      /** The field of the answer that holds the items. */
      readonly name: string;
      readonly columns: readonly Column[];
      readonly id: string;
      /** What is said where there are no items. */
      readonly empty: string;
    }
  | { readonly kind: "record"; readonly columns: readonly Column[]; readonly id: string | null }
  | {
      readonly kind: "text";
      readonly of: (answer: Fields) => string;
      /** Whether the text has colours of its own, and so nothing in it that others have written. */
      readonly isDrawn?: true;
      /** The field that holds the items, where there are any beside the text. */
      readonly name?: string;
      readonly id: string;
    };

/** How to print. */
export interface OutputChoice {
  /** Null: a table for a person, JSON for a pipe. */
  readonly format: OutputFormat | null;
  /** No talk but errors. */
  readonly isQuiet: boolean;
  readonly colors: ColorChoice;
  /** Ms since 1970, for ages. */
  readonly nowMs: () => number;
}

/** Prints for one run of the command. */
export class Output {
  readonly format: OutputFormat;
  readonly paint: Paint;
  readonly #paintTalk: Paint;
  readonly #terminal: Terminal;
  readonly #isQuiet: boolean;
  readonly #nowMs: () => number;

  constructor(terminal: Terminal, choice: OutputChoice) {
    const { out, talk } = terminal;
    this.#terminal = terminal;
    this.#isQuiet = choice.isQuiet;
    this.#nowMs = choice.nowMs;
    this.format = choice.format ?? (out.isTerminal ? "table" : "json");
    this.paint = paintFor(out.isTerminal, choice.colors);
    this.#paintTalk = paintFor(talk.isTerminal, choice.colors);
  }

  /** Prints an answer of the API, or an object of our own that looks like one. */
  answer(given: object, view: View): void {
    const answer: Fields = { ...given };
    switch (this.format) {
      case "json":
        this.text(jsonText(answer, "indented"));
        return;
      case "ndjson":
        for (const item of itemsOf(answer, view)) this.text(jsonText(item, "line"));
        return;
      case "id":
        for (const item of itemsOf(answer, view)) this.#name(item, view.id);
        return;
      case "table":
        this.#show(answer, view);
    }
  }

  /** Prints one line of JSON: an item of a stream that has no end yet. */
  line(item: object): void {
    this.text(jsonText(item, "line"));
  }

  /** Prints lines of text as data, whatever the format: for a script of the shell, say. */
  text(text: string): void {
    this.#terminal.out.write(`${text}\n`);
  }

  /** Tells how things go. */
  say(line: string): void {
    if (!this.#isQuiet) this.#terminal.talk.write(`${visible(line)}\n`);
  }

  /** Tells what deserves a look although nothing failed. */
  warn(line: string): void {
    if (!this.#isQuiet) this.#terminal.talk.write(`${this.#paintTalk("warning", visible(line))}\n`);
  }

  /** Whether somebody looks at the talk, who would like to see how far a long work has come. */
  get showsProgress(): boolean {
    return !this.#isQuiet && this.#terminal.talk.isTerminal;
  }

  #name(item: Fields, path: string | null): void {
    const name = path === null ? null : valueAt(item, path);
    if (typeof name === "string" || typeof name === "number") this.text(String(name));
  }

  #show(answer: Fields, view: View): void {
    const columns = this.#terminal.out.isTerminal ? this.#terminal.out.columns : Infinity;
    const style = { paint: this.paint, columns, nowMs: this.#nowMs() };
    switch (view.kind) {
      case "text":
        this.text(view.isDrawn === true ? view.of(answer) : visibleLines(view.of(answer)));
        return;
      case "record":
        this.text(recordText(answer, view.columns, style));
        return;
      case "list": {
        const items = listAt(answer, view.name);
        if (items.length === 0) this.say(view.empty);
        else this.text(tableText(items, view.columns, style));
      }
    }
  }
}

function itemsOf(answer: Fields, view: View): readonly Fields[] {
  const name = view.kind === "record" ? undefined : view.name;
  return name === undefined ? [answer] : listAt(answer, name);
}
