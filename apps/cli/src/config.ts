/** What the environment says. The only place that reads it. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** See `readEnvironment`. Texts that are empty count as absent. */
export interface Environment {
  /** `QUORATE_URL`: the address of a gateway. */
  readonly url: string | null;
  /** `QUORATE_TOKEN`: what is sent as bearer token. */
  readonly token: string | null;
  /** `QUORATE_CONTEXT`: the context to use instead of the selected one. */
  readonly context: string | null;
  /** `QUORATE_OUTPUT`: the format of data where `-o` says nothing. */
  readonly output: string | null;
  /** The file of contexts, below `XDG_CONFIG_HOME` or `~/.config`. */
  readonly contextFile: string;
  /** `NO_COLOR` (no-color.org) or `TERM=dumb`. */
  readonly isColorless: boolean;
  /** `FORCE_COLOR`, but not `0`: colours also where there is no terminal. */
  readonly isColorForced: boolean;
}

/** Reads what the command heeds of these variables. */
export function readEnvironment(variables: NodeJS.ProcessEnv = process.env): Environment {
  const given = (name: string): string | null => {
    const value = variables[name];
    return value === undefined || value === "" ? null : value;
  };
  const xdgHome = given("XDG_CONFIG_HOME");
  // The XDG specification has relative paths ignored.
  const configHome = xdgHome !== null && isAbsolute(xdgHome) ? xdgHome : join(homedir(), ".config");
  const forced = given("FORCE_COLOR");
  return {
    url: given("QUORATE_URL"),
    token: given("QUORATE_TOKEN"),
    context: given("QUORATE_CONTEXT"),
    output: given("QUORATE_OUTPUT"),
    contextFile: join(configHome, "quorate", "config.json"),
    isColorless: given("NO_COLOR") !== null || given("TERM") === "dumb",
    isColorForced: forced !== null && forced !== "0",
  };
}
