import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClusterConfig, primaryOf, reasonAgainstConfig, votersOf } from "./cluster-config.ts";
import { ClusterFileError, formatClusterFile, parseClusterFile } from "./cluster-file.ts";
import { gatewaysMax, membersMax, nameBytesMax, operatorsMax, pipelineMaxLimit } from "./limits.ts";
import { asView } from "./numbers.ts";
import { anyConfig } from "./testing/arbitrary.ts";
import { bytesNamed } from "./testing/examples.ts";
import { signedConfig } from "./testing/signed-world.ts";

/** The error that a file gives, or null when it is taken. */
function errorOf(json: string): string | null {
  try {
    parseClusterFile(json);
    return null;
  } catch (error) {
    if (error instanceof ClusterFileError) return error.message;
    throw error;
  }
}

/** The example's file with one value replaced; the path is dotted. */
function changed(path: string, value: unknown): string {
  const file: unknown = JSON.parse(formatClusterFile(signedConfig));
  const names = path.split(".");
  let place = file as Record<string, unknown>;
  for (const name of names.slice(0, -1)) place = place[name] as Record<string, unknown>;
  place[names.at(-1) ?? ""] = value;
  return JSON.stringify(file);
}

describe("a cluster file", () => {
  it("says all of a configuration", () => {
    expect(parseClusterFile(formatClusterFile(signedConfig))).toEqual(signedConfig);
  });

  it("gives back every configuration that is good, and refuses every other", () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const isGood = reasonAgainstConfig(config) === null;
        expect(errorOf(formatClusterFile(config)) === null).toBe(isGood);
        if (isGood) expect(parseClusterFile(formatClusterFile(config))).toEqual(config);
      }),
    );
  });

  it.each([
    ["{", "not JSON"],
    ["[]", "file is not an object"],
    ["null", "file is not an object"],
    ["{}", "clusterId is no text"],
    [changed("clusterId", "ABCD"), "clusterId is not 32 bytes of hexadecimal"],
    [changed("clusterId", "00"), "clusterId is not 32 bytes of hexadecimal"],
    [changed("epoch", -1), "epoch is not a whole number"],
    [changed("epoch", 1.5), "epoch is not a whole number"],
    [changed("epoch", "1"), "epoch is not a whole number"],
    [changed("createdAtMs", 2 ** 53), "createdAtMs is not a whole number"],
    [changed("members", {}), "members is not a list"],
    [changed("members.0", "replica-0"), "member is not an object"],
    [changed("members.0.role", "primary"), 'role "primary"'],
    [changed("members.0.id", ""), "id is no text"],
    [changed("members.1.publicKey", "zz"), "publicKey is not 32 bytes of hexadecimal"],
    [changed("gateways.0", []), "key holder is not an object"],
    [changed("operatorThreshold", 2), "threshold above the operators"],
  ])("%s is refused: %s", (json, message) => {
    expect(errorOf(json)).toBe(message);
  });
});

function reasonWith(parts: Partial<ClusterConfig>): string | null {
  return reasonAgainstConfig({ ...signedConfig, ...parts });
}

function holders(count: number, label: string): ClusterConfig["gateways"] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${label}-${index}`,
    publicKey: bytesNamed(`${label} ${index}`),
  }));
}

function members(...roles: readonly ("voter" | "learner")[]): ClusterConfig["members"] {
  return holders(roles.length, "m").map((holder, index) => ({
    ...holder,
    address: `http://127.0.0.1:${index}`,
    role: roles[index] ?? "voter",
  }));
}

describe("a configuration", () => {
  it("has a voter, and its voters come first", () => {
    expect(reasonWith({ members: [] })).toBe("no voter");
    expect(reasonWith({ members: members("learner") })).toBe("no voter");
    expect(reasonWith({ members: members("learner", "voter") })).toBe("learner before voter");
    expect(reasonWith({ members: members("voter", "learner") })).toBeNull();
  });

  it("uses no id and no key twice, whoever holds them", () => {
    const [holder] = signedConfig.members;
    const { id, publicKey } = holder ?? { id: "", publicKey: bytesNamed("") };
    const twin = { id: "twin", publicKey };
    const namesake = { id, publicKey: bytesNamed("namesake") };
    expect(reasonWith({ gateways: [twin] })).toBe("key used twice");
    expect(reasonWith({ operators: [namesake] })).toBe("id used twice");
  });

  it("keeps every limit", () => {
    const voters = (count: number) =>
      members(...Array.from({ length: count }, () => "voter" as const));
    expect(reasonWith({ members: voters(membersMax) })).toBeNull();
    expect(reasonWith({ members: voters(membersMax + 1) })).toBe("too many members");
    expect(reasonWith({ gateways: holders(gatewaysMax + 1, "g") })).toBe("too many gateways");
    expect(reasonWith({ operators: holders(operatorsMax + 1, "o") })).toBe("too many operators");
    expect(reasonWith({ pipelineMax: 0 })).toBe("pipelineMax is 0");
    expect(reasonWith({ checkpointOps: 0 })).toBe("checkpointOps is 0");
    expect(reasonWith({ checkpointBytes: 0 })).toBe("checkpointBytes is 0");
    expect(reasonWith({ pipelineMax: pipelineMaxLimit })).toBeNull();
    expect(reasonWith({ pipelineMax: pipelineMaxLimit + 1 })).toBe(
      "pipelineMax is above its limit",
    );
  });

  it("has names that can be encoded: short, and well-formed", () => {
    const named = (id: string): string | null => {
      return reasonWith({ gateways: [{ id, publicKey: bytesNamed("g") }] });
    };
    expect(named("g".repeat(nameBytesMax))).toBeNull();
    expect(named("ü".repeat(nameBytesMax))).toBe("name cannot be encoded");
    expect(named("\ud800")).toBe("name cannot be encoded");
    expect(named("")).toBe("name cannot be encoded");
    const [first, ...others] = members("voter", "voter");
    const far = first === undefined ? [] : [{ ...first, address: "a".repeat(nameBytesMax + 1) }];
    expect(reasonWith({ members: [...far, ...others] })).toBe("name cannot be encoded");
  });

  it("makes each voter in turn the primary, and a learner never", () => {
    const config = { ...signedConfig, members: members("voter", "voter", "voter", "learner") };
    expect(votersOf(config)).toHaveLength(3);
    const primaries = [0, 1, 2, 3, 4].map((view) => primaryOf(config, asView(view)));
    expect(primaries).toEqual([0, 1, 2, 0, 1]);
  });
});
