/**
 * `npm run simulate -- --seed S --count N`: runs N seeds from S on and says what they found.
 *
 * Exit codes: 0 all passed, 1 usage; of the first seed that failed 127 a crash, 128 no progress,
 * 129 a safety violation.
 */
import { parseCommandLine, usage, UsageError } from "./command/command-line.ts";
import { huntMutants } from "./mutants/hunt-mutants.ts";
import { asksForMutants, parseMutantsCommandLine } from "./mutants/mutants-command-line.ts";
import { simulate } from "./command/simulate.ts";

const usageExitCode = 1;

async function main(): Promise<number> {
  try {
    const args = process.argv.slice(2);
    if (asksForMutants(args)) return await huntMutants(parseMutantsCommandLine(args), console.log);
    return await simulate(parseCommandLine(args), { say: console.log, complain: console.error });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`simulate: ${error.message}\n${usage}`);
    return usageExitCode;
  }
}

process.exitCode = await main();
