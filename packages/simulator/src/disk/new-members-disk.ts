import type { Prng, Sha256 } from "@quorate/prelude";
import { type ClusterConfig, digestClusterConfig } from "@quorate/protocol";
import { firstSuperblock } from "@quorate/vsr";
import { SimDisk } from "./sim-disk.ts";
import { formatSimDisk } from "./sim-log.ts";

/** The disk of a member that has promised nothing yet. */
export function newMembersDisk(
  config: ClusterConfig,
  index: number,
  sha256: Sha256,
  prng: Prng,
  segmentBytes: number,
): SimDisk {
  const disk = new SimDisk(sha256, segmentBytes);
  const genesis = { config, configDigest: digestClusterConfig(config, sha256), sha256 };
  formatSimDisk(disk, firstSuperblock(genesis, index), prng);
  return disk;
}
