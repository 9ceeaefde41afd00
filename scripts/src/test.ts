/** `npm test`: everything that shows that it works, on a fresh machine too, with one last line. */
import { exitCodes } from "./exit-codes.ts";
import { runToExit } from "./failure.ts";
import { formatDuration } from "./run-command.ts";
import { selectedSteps } from "./test-options.ts";
import { formatCounts, sumCounts, type TestCounts } from "./test-report.ts";
import { testSteps } from "./test-steps.ts";
import { installMissing } from "./test-tools.ts";

await runToExit(async () => {
  const selected = selectedSteps(
    process.argv.slice(2),
    testSteps.map((step) => step.name),
  );
  const steps = testSteps.filter((step) => step.exists && selected.has(step.name));
  await installMissing([...new Set(steps.flatMap((step) => step.needs))]);
  const counts: TestCounts[] = [];
  const summary: string[] = [];
  for (const step of steps) {
    console.log(`\n── ${step.name}`);
    const begin = performance.now();
    const count = await step.run();
    counts.push(count);
    const took = formatDuration(performance.now() - begin);
    summary.push(`${step.name.padEnd(12)} ${formatCounts(count)} in ${took}`);
  }
  const sum = sumCounts(counts);
  console.log(`\n${summary.join("\n")}\n${formatCounts(sum)}`);
  // A run in which nothing was tested shows nothing.
  return sum.failed === 0 && sum.passed > 0 ? exitCodes.ok : exitCodes.failed;
});
