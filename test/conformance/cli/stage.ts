/** What the command is tried on: a gateway in this process, and a folder with a dev file. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everyScope, startTestGateway, type TestGateway } from "@quorate/api/testing";
import { type Ended, runCli, type Surroundings } from "@quorate/cli/testing";

/** A gateway, and the command called in a folder that knows it. */
export interface CliStage {
  readonly gateway: TestGateway;
  /** The folder that commands are called in. */
  readonly folder: string;
  /** Runs the command: its words, which are parted by spaces, and then further ones as they are. */
  run(words: string, ...more: readonly (string | Surroundings)[]): Promise<Ended>;
  stop(): Promise<void>;
}

/** Starts a gateway over a state machine whose time is the test's. */
export async function startCliStage(): Promise<CliStage> {
  const gateway = await startTestGateway();
  const folder = mkdtempSync(join(tmpdir(), "quorate-cli-"));
  mkdirSync(join(folder, ".quorate", "dev"), { recursive: true });
  const tokens = {
    admin: await gateway.issuer.token(everyScope),
    producer: await gateway.issuer.token("enqueue:* read:*"),
    consumer: await gateway.issuer.token("dequeue:* read:*"),
    viewer: await gateway.issuer.token("read:* peek:* cluster:read"),
  };
  const dev = { apiUrl: gateway.url, tokens };
  writeFileSync(join(folder, ".quorate", "dev", "dev.json"), JSON.stringify(dev));
  return {
    gateway,
    folder,
    run(words, ...more) {
      const args = [
        ...words.split(" "),
        ...more.filter((each): each is string => typeof each === "string"),
      ];
      const given = more.filter((each): each is Surroundings => typeof each !== "string");
      const { nowMs } = gateway.cluster;
      return runCli(args, Object.assign({ folder, nowMs }, ...given));
    },
    async stop() {
      await gateway.stop();
      rmSync(folder, { recursive: true });
      if (gateway.logged.length > 0) throw new Error("the gateway has logged an error");
    },
  };
}
