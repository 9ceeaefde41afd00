/** How much the stories of this folder do; more by environment, for nightly runs. */

/** SIGKILLs of the primary in the main job: QUORATE_TEST_KILLS, 5 unless said otherwise. */
export const killsOfPrimary = countIn("QUORATE_TEST_KILLS", 5);

/** Messages that the main job sends between two kills: QUORATE_TEST_MESSAGES. */
export const messagesPerKill = countIn("QUORATE_TEST_MESSAGES", 1_000);

/** Messages that pass through while a member is down: QUORATE_TEST_MISSED, 20,000. */
export const messagesMissed = countIn("QUORATE_TEST_MISSED", 20_000);

/** Messages that workers handle while processes are killed: QUORATE_TEST_WORKED, 5,000. */
export const messagesWorked = countIn("QUORATE_TEST_WORKED", 5_000);

/** The whole number above 0 in a variable of the environment. Throws for anything else in it. */
export function countIn(name: string, otherwise: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return otherwise;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${name} takes a whole number above 0, not "${text}"`);
}
