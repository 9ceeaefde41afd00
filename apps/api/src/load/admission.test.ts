import { describe, expect, it } from "vitest";
import { type AdmissionLimits, createAdmission, type Place } from "./admission.ts";

const limits: AdmissionLimits = {
  addingCallsMax: 100,
  addingBytesMax: 100 * 1024 * 1024,
  drainingCallsMax: 100,
  drainingBytesMax: 100 * 1024 * 1024,
  principalPercentMax: 75,
  eventLoopLagMsMax: 1000,
};

const admissionOf = (changes: Partial<AdmissionLimits> = {}) =>
  createAdmission({ ...limits, ...changes }, { lagMs: () => 0 });

/** All the places that the principal gets until he is refused. */
function fill(admission: ReturnType<typeof admissionOf>, id: string, bodyBytes = 0): Place[] {
  const places: Place[] = [];
  for (;;) {
    try {
      places.push(admission.enter("adding", id, bodyBytes));
    } catch {
      return places;
    }
  }
}

describe("the room of a gateway", () => {
  it("is his who is alone up to his share, and of what he leaves the next one gets the same share", () => {
    const admission = admissionOf();
    expect(fill(admission, "a")).toHaveLength(75);
    expect(fill(admission, "b")).toHaveLength(18);
    expect(fill(admission, "c")).toHaveLength(5);
  });

  it("has a place for whoever holds none, as long as any is free", () => {
    const admission = admissionOf({ addingCallsMax: 3 });
    expect(fill(admission, "a")).toHaveLength(2);
    expect(fill(admission, "b")).toHaveLength(1);
    expect(fill(admission, "c")).toHaveLength(0);
  });

  it("is shared by bytes as it is by calls", () => {
    const admission = admissionOf();
    const mib = 1024 * 1024;
    expect(fill(admission, "a", 6 * mib)).toHaveLength(12);
    expect(fill(admission, "b", 6 * mib)).toHaveLength(3);
    expect(fill(admission, "c", 6 * mib)).toHaveLength(1);
    expect(fill(admission, "d", 6 * mib)).toHaveLength(0);
    expect(fill(admission, "e", 1 * mib)).toHaveLength(3);
  });

  it("comes back whole, also from calls whose bodies were shorter than they could have been", () => {
    const admission = admissionOf();
    for (let round = 0; round < 3; round++) {
      const places = [...fill(admission, "a", 1024 * 1024), ...fill(admission, "b", 4_000_000)];
      for (const [index, place] of places.entries()) {
        if (index % 2 === 0) place.correct(10);
        place.leave();
      }
    }
    expect(fill(admission, "a")).toHaveLength(75);
  });

  it("is anybody's whole where the operator has said so", () => {
    expect(fill(admissionOf({ principalPercentMax: 100 }), "a")).toHaveLength(100);
  });

  it("of one kind is not taken by the other", () => {
    const admission = admissionOf();
    fill(admission, "a");
    fill(admission, "b");
    for (let call = 0; call < 75; call++) admission.enter("draining", "a", 0);
    expect(() => admission.enter("draining", "a", 0)).toThrow("his share");
  });
});
