/** The way to the gateway: its name, a connection to each of its addresses, encryption. */
import type { Cli } from "../cli.ts";
import { exitCodes } from "../exit-codes.ts";
import { durationText } from "../output/cell.ts";
import { broken, fine, type Finding, warned } from "./finding.ts";
import {
  addressesOf,
  faultOf,
  isAddress,
  isLoopback,
  type Place,
  placeOf,
  reach,
  type Reached,
  secure,
} from "./reach.ts";

/** A certificate that ends within this time should have been renewed, in ms. */
const certificateMsMin = 14 * 24 * 60 * 60 * 1000;

/** Walks the way, and says what is found at each step. Answers whether it leads to the end. */
export async function* examineWay(
  cli: Cli,
  url: string,
): AsyncGenerator<Finding, boolean, undefined> {
  const place = placeOf(url);
  const { addresses, finding } = await examineName(place.host);
  yield finding;
  if (addresses.length === 0) return false;
  const { nowMs } = cli.host;
  const reached: (Reached & { readonly address: string })[] = [];
  for (const address of addresses) {
    reached.push({ ...(await reach(address, place.port, nowMs)), address });
  }
  yield connectionFinding(place, reached);
  const first = reached.find(({ isReached }) => isReached);
  if (first === undefined) return false;
  const encryption = await examineEncryption(place, first.address, nowMs());
  yield encryption;
  return encryption.verdict !== "bad";
}

async function examineName(
  host: string,
): Promise<{ readonly addresses: readonly string[]; readonly finding: Finding }> {
  const check = "name";
  if (isAddress(host)) {
    return { addresses: [host], finding: fine(check, `${host} is an address already`) };
  }
  try {
    const addresses = await addressesOf(host);
    return { addresses, finding: fine(check, `${host} is ${addresses.join(", ")}`) };
  } catch (error) {
    const { code } = faultOf(error);
    const found = `${host} has no address here (${code})`;
    const advice =
      code === "ENOTFOUND"
        ? "Is the name right, and known to this machine's name service?"
        : "The name service of this machine does not answer: is there a network?";
    return { addresses: [], finding: broken(check, exitCodes.unavailable, { found, advice }) };
  }
}

function connectionFinding(
  { port }: Place,
  reached: readonly (Reached & { readonly address: string })[],
): Finding {
  const check = "connection";
  const failed = reached.flatMap((each) => (each.isReached ? [] : [each]));
  const made = reached.flatMap((each) => (each.isReached ? [each] : []));
  const [firstFailed] = failed;
  if (firstFailed === undefined) {
    const times = made.map(({ tookMs }) => durationText(tookMs)).join(", ");
    const where = made.length === 1 ? `port ${port}` : `port ${port} of each address`;
    return fine(check, `${where} takes connections (${times})`);
  }
  const faults = failed
    .map(({ address, code, message }) => `${address} ${refusals[code] ?? message}`)
    .join(", ");
  if (made.length > 0) {
    const found = `${made.length} of ${reached.length} addresses take connections; not ${faults}`;
    return warned(check, found, "Calls may be slow or fail now and then: look at those gateways.");
  }
  const advice =
    firstFailed.code === "ECONNREFUSED"
      ? "Nobody listens there: is the gateway running, and is the port right?"
      : "Something on the way drops it: a firewall, another network, a wrong address?";
  const found = `port ${port}: ${faults}`;
  return broken(check, exitCodes.unavailable, { found, advice });
}

/** What common codes of connections mean. */
const refusals: Readonly<Record<string, string>> = {
  ECONNREFUSED: "takes no connection",
  ETIMEDOUT: "does not answer in time",
  EHOSTUNREACH: "cannot be reached",
  ENETUNREACH: "is in a network that cannot be reached",
};

async function examineEncryption(place: Place, address: string, nowMs: number): Promise<Finding> {
  const check = "encryption";
  if (!place.isEncrypted) {
    if (isLoopback(place.host)) return fine(check, "none, and nothing leaves this machine");
    const found = "none: token and messages can be read and changed on the way";
    return warned(check, found, "Give the gateway an https address, or a proxy that has one.");
  }
  const secured = await secure(place, address);
  if (!secured.isSecure) {
    const { code, message } = secured;
    // OpenSSL's own words name its source files.
    const isRaw = code.startsWith("ERR_SSL_");
    const reason = isRaw
      ? code.slice("ERR_SSL_".length).toLowerCase().replaceAll("_", " ")
      : message;
    const advice =
      "Is it https that is spoken there? An authority of your own is named by NODE_EXTRA_CA_CERTS.";
    return broken(check, exitCodes.unavailable, { found: `refused: ${reason}`, advice });
  }
  const { protocol, endsMs } = secured;
  const leftMs = endsMs - nowMs;
  const found = `${protocol}, with a certificate for ${durationText(leftMs)} more`;
  return leftMs >= certificateMsMin
    ? fine(check, found)
    : warned(check, found, "Renew it before it ends: then no client connects any more.");
}
