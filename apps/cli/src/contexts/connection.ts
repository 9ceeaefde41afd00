/** Which gateway to talk to, and as whom: flag, then environment, then context, then dev cluster. */
import { readFileSync } from "node:fs";
import type { Environment } from "../config.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { type Context, namedContext, readContexts } from "./context-file.ts";
import { type DevFile, type DevRole, readDevFile } from "./dev-file.ts";

/** What the command line says about it. */
export interface ConnectionFlags {
  readonly url?: string;
  readonly tokenFile?: string;
  readonly context?: string;
  readonly as?: DevRole;
}

/** The gateway of this run. */
export interface Connection {
  /** No slash at the end. */
  readonly url: string;
  /** Null: there is none; routes that need one answer 401. */
  readonly token: string | null;
  /** What the two come from, for people: a context's name, `dev`, or the address. */
  readonly name: string;
  /** Where the address was found. */
  readonly urlFrom: string;
  /** Where the token was found. */
  readonly tokenFrom: string | null;
}

interface Found {
  readonly value: string;
  readonly from: string;
}

const nowhere = "there is no gateway to talk to";
const nowhereHint =
  "Start a dev cluster (npm start) and call from its folder, set QUORATE_URL, or name a gateway: quorate context add.";

/**
 * The gateway for these flags in this folder. The token belongs to where the address comes from: a
 * context's token is never sent to another address. Throws Failure.
 */
export function connectionOf(
  flags: ConnectionFlags,
  environment: Environment,
  folder: string,
): Connection {
  if (flags.url !== undefined && flags.context !== undefined) {
    throw new Failure(exitCodes.usage, "--url and --context both name a gateway: give one");
  }
  const context =
    flags.url === undefined && (flags.context !== undefined || environment.url === null)
      ? contextOf(flags, environment)
      : null;
  if (context !== null) return ofContext(context, flags, environment);
  const dev = readDevFile(folder);
  const url = explicitUrl(flags, environment) ?? devUrl(dev);
  if (url === null) throw new Failure(exitCodes.usage, nowhere, { hint: nowhereHint });
  const isDev = addressIn(url) === dev?.apiUrl;
  const token = isDev
    ? devToken(dev, flags, environment)
    : explicitToken(refusingRole(flags), environment);
  const found = connection(url, token);
  return isDev ? { ...found, name: "dev" } : found;
}

function ofContext(
  context: NamedContext,
  flags: ConnectionFlags,
  environment: Environment,
): Connection {
  const url = { value: context.url, from: `context ${context.name}` };
  const token = contextToken(context, refusingRole(flags), environment);
  return { ...connection(url, token), name: context.name };
}

/** The flags as they are. Throws where they ask for a role of a dev cluster that is not meant. */
function refusingRole(flags: ConnectionFlags): ConnectionFlags {
  if (flags.as === undefined) return flags;
  throw new Failure(exitCodes.usage, "--as names a role of the dev cluster of this folder", {
    hint: "For another gateway give a token: --token-file, QUORATE_TOKEN, or quorate login.",
  });
}

function devUrl(dev: DevFile | null): Found | null {
  return dev === null ? null : { value: dev.apiUrl, from: "dev cluster" };
}

function devToken(dev: DevFile, flags: ConnectionFlags, environment: Environment): Found {
  const explicit = flags.as === undefined ? explicitToken(flags, environment) : null;
  const role = flags.as ?? "admin";
  return explicit ?? { value: dev.tokens[role], from: `dev cluster (${role})` };
}

function connection(url: Found, token: Found | null): Connection {
  const address = addressIn(url);
  return {
    url: address,
    token: token?.value ?? null,
    name: address,
    urlFrom: url.from,
    tokenFrom: token?.from ?? null,
  };
}

function addressIn({ value, from }: Found): string {
  const isAddress = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
  if (isAddress) return value.replace(/\/+$/, "");
  throw new Failure(exitCodes.usage, `${from}: expected an http or https address, not "${value}"`);
}

function explicitUrl(flags: ConnectionFlags, environment: Environment): Found | null {
  if (flags.url !== undefined) return { value: flags.url, from: "--url" };
  if (environment.url !== null) return { value: environment.url, from: "QUORATE_URL" };
  return null;
}

function explicitToken(flags: ConnectionFlags, environment: Environment): Found | null {
  if (flags.tokenFile !== undefined) return tokenIn(flags.tokenFile, "--token-file");
  if (environment.token !== null) return { value: environment.token, from: "QUORATE_TOKEN" };
  return null;
}

function contextToken(
  { name, token, tokenFile }: NamedContext,
  flags: ConnectionFlags,
  environment: Environment,
): Found | null {
  const explicit = explicitToken(flags, environment);
  if (explicit !== null) return explicit;
  if (token !== null) return { value: token, from: `context ${name}` };
  return tokenFile === null ? null : tokenIn(tokenFile, `context ${name}`);
}

/** The token in a file. Throws Failure. */
function tokenIn(file: string, from: string): Found {
  try {
    const value = readFileSync(file, "utf8").trim();
    if (value !== "") return { value, from: `${from} ${file}` };
  } catch (cause) {
    throw new Failure(exitCodes.usage, `${from}: ${file} cannot be read`, { cause });
  }
  throw new Failure(exitCodes.usage, `${from}: ${file} is empty`);
}

interface NamedContext extends Context {
  readonly name: string;
}

function contextOf(flags: ConnectionFlags, environment: Environment): NamedContext | null {
  const all = readContexts(environment.contextFile);
  const name = flags.context ?? environment.context ?? all.current;
  return name === null ? null : { name, ...namedContext(all, name) };
}
