import { pictureStateSchema } from "@quorate/contract";
import { expect, test } from "vitest";
import { fixtures } from "./fixtures.ts";

test("every fixture is a message that the contract allows", () => {
  for (const { picture } of fixtures) expect(pictureStateSchema.parse(picture)).toEqual(picture);
});

test("every fixture keeps the arithmetic of the quorum", () => {
  for (const { picture } of fixtures) {
    const voters = picture.members.filter((member) => member.role === "voter").length;
    expect(picture.quorum).toBe(Math.floor(voters / 2) + 1);
    expect(picture.canLose).toBe(Math.max(0, picture.reachable - picture.quorum));
  }
});
