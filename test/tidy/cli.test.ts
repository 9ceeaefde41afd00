/**
 * `docs/cli.md` is made from the declarations of the commands: `npx vitest run --project tidy -u`
 * writes it anew, and a page that has fallen behind them fails here.
 */
import { referencePage } from "@quorate/cli/reference";
import { expect, test } from "vitest";

test("docs/cli.md says what the declarations of the commands say", async () => {
  await expect(referencePage()).toMatchFileSnapshot("../../docs/cli.md");
});
