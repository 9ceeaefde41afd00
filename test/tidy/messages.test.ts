/**
 * `docs/messages.md` is made from the declarations of the messages: `npx vitest run --project tidy
 * -u` writes it anew, and a page that has fallen behind them fails here.
 */
import { type Command, commands, messages } from "@quorate/protocol";
import { expect, test } from "vitest";
import { textOf } from "./repository-files.ts";

const source = textOf("packages/protocol/src/messages.ts");

/** The comment above a declaration, as one line. */
function commentOf(command: Command): string {
  const end = source.search(new RegExp(`^  ${command}: message\\(`, "m"));
  const comment = source.slice(source.lastIndexOf("/**", end), end);
  return comment
    .replaceAll(/^\s*\/?\*+\/?|\*\/\s*$/gm, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** The names of the fields, in the order in which they are written. */
function fieldsOf(command: Command): string {
  const begin = source.search(new RegExp(`^  ${command}: message\\(`, "m"));
  const declaration = source.slice(begin, source.indexOf("\n  /**", begin));
  const fields = declaration.slice(declaration.indexOf("{") + 1).split(/\n {4}\},|\}/)[0] ?? "";
  const names = [...fields.matchAll(/(?:^|[\s,{])(\w+):/g)].map(([, name]) => `\`${name}\``);
  return names.length === 0 ? "none" : names.join(", ");
}

function rowOf(command: Command): string {
  const { from, attachmentBytesMax } = messages[command];
  const attachment = attachmentBytesMax === 0 ? "" : attachmentBytesMax.toLocaleString("en-US");
  return `| ${command} | ${from} | ${fieldsOf(command)} | ${attachment} | ${commentOf(command)} |`;
}

test("docs/messages.md says what the declarations say", async () => {
  const page = `# Messages

Every signed message, made from \`packages/protocol/src/messages.ts\`; do not edit. Sender, view, epoch
and configuration are in the statement around each of them.

| Message | Signed by a | Fields | Bytes beside it, at most | Meaning |
|---|---|---|---|---|
${commands.map(rowOf).join("\n")}
`;
  await expect(page).toMatchFileSnapshot("../../docs/messages.md");
});
