/**
 * Options of Node for processes that move many short-lived bytes and keep many long-lived ones.
 *
 * V8 starts with a young generation of one megabyte and copies what it takes for survivors; and it
 * collects all of the heap whenever a few megabytes of buffers have come and gone, however large
 * the slabs beside them are. Together that was a fifth of a replica's CPU time.
 */

/** Megabytes of each half of the young generation, from the start. */
const youngMegabytesMin = 16;
const youngMegabytesMax = 32;

/** The Node whose V8 has been tried with these options: another one might refuse to start. */
const triedNodeMajor = "26";

/** For a Node of this version (`process.versions.node`); nothing for one that was not tried. */
export function heapOptionsFor(nodeVersion: string): readonly string[] {
  if (nodeVersion.split(".")[0] !== triedNodeMajor) return [];
  return [
    `--min-semi-space-size=${youngMegabytesMin}`,
    `--max-semi-space-size=${youngMegabytesMax}`,
    "--external-memory-accounted-in-global-limit",
  ];
}
