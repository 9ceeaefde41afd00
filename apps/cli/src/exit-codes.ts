/**
 * How the command ends. A script decides by this number alone; the numbers never change their
 * meaning.
 */
export const exitCodes = {
  /** Done. */
  ok: 0,
  /** It failed, in a way that no other code names. */
  error: 1,
  /** The command line is wrong, or the server says so of what was sent. */
  usage: 2,
  /** What was named does not exist. */
  notFound: 3,
  /** There is no token, or it does not allow this. */
  notAllowed: 4,
  /** The present state forbids it: lost lease, other configuration, conflict. */
  conflict: 5,
  /** A check made before the act refused it; nothing was done. */
  refused: 6,
  /** The cluster cannot do it now; nothing was done, and trying again later is right. */
  unavailable: 7,
  /** Nobody knows whether it was done. Ask before doing it again. */
  outcomeUnknown: 8,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

/** One of the named exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
