import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Prng } from "@quorate/prelude";
import { benchOn } from "@quorate/ports/conformance/journal";
import { expect, it } from "vitest";
import { createFileRig, numberedBlock } from "./file-rig.ts";

const script = fileURLToPath(new URL("./appending-process.ts", import.meta.url));

/** How often the process is killed; each time it goes on from what it finds. */
const kills = 4;
/** It is killed after this many reports at most: early and late in its life. */
const reportsMax = 300;

it("everything that was reported as stored is there after SIGKILL at any moment", async () => {
  const rig = await createFileRig();
  const bench = await benchOn(() => Promise.resolve(rig));
  const prng = new Prng(7);
  let storedOp = 0;
  let storedBlocks = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [script, rig.directory, `${storedBlocks}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let reportsLeft = 1 + prng.below(reportsMax);
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const lines = text.split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const [, block] = /^block (\d+)$/.exec(line) ?? [];
        if (block === undefined) storedOp = Math.max(storedOp, Number(line));
        else storedBlocks = Number(block) + 1;
      }
      reportsLeft -= lines.length;
      if (reportsLeft <= 0) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    const { log } = await bench.restart();
    expect(log.isHeadUncertain).toBe(false);
    expect(log.entries.length).toBeGreaterThanOrEqual(storedOp);
    const sample = log.entries.slice(-100);
    const read = await bench.journal.read(
      sample.map(({ header, hash }) => ({ op: header.op, hash })),
    );
    expect(read.map((entry) => entry?.header)).toEqual(sample.map(({ header }) => header));
    const blocks = Array.from({ length: storedBlocks }, (_, number) => numberedBlock(number));
    const held = await bench.journal.readBlocks(blocks.map(({ digest }) => digest));
    expect(held.map((bytes) => bytes?.length)).toEqual(blocks.map(({ bytes }) => bytes.length));
    await bench.journal.close();
  }
});
