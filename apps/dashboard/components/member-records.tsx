"use client";

import type { PictureMember, PictureState } from "@quorate/contract";
import { aboutOf, durationOf, groupedOf, latencyOf } from "../lib/format.ts";
import { lagOpsOf, roleWordsOf } from "../picture/membership.ts";
import { type Field, Records } from "./records.tsx";

/** The picture as a table: every fact that it draws, for those who cannot see it or want the numbers. */
export function MemberRecords({ picture }: { readonly picture: PictureState }) {
  return (
    <Records
      caption="Members"
      rows={picture.members}
      keyOf={(member) => member.id}
      head={head}
      fields={fieldsOf(picture)}
    />
  );
}

const head: Field<PictureMember> = {
  name: "Member",
  cell: (member) => <Name member={member} />,
};

function Name({ member }: { readonly member: PictureMember }) {
  return (
    <span className="flex items-baseline gap-2">
      <strong>{member.id}</strong>
      <span className="text-t3">{member.role}</span>
    </span>
  );
}

const stateMarks: Readonly<Record<PictureMember["state"], string>> = {
  primary: "border-commit",
  backup: "border-settle",
  behind: "border-lag",
  voting: "border-shift",
  recovering: "border-border",
  transferring: "border-border",
  unreachable: "border-fault",
};

function fieldsOf(picture: PictureState): readonly Field<PictureMember>[] {
  const votes = picture.transition?.votes ?? null;
  return [
    {
      name: "State",
      cell: (member) => (
        <span className={`border-l-[3px] pl-2 ${stateMarks[member.state]}`}>
          {roleWordsOf(picture, member)}
        </span>
      ),
    },
    { name: "Log to op", numeric: true, cell: (member) => groupedOf(member.head) },
    {
      name: "Behind",
      hint: "Ops behind the commit",
      numeric: true,
      cell: (member) => behindOf(picture, member),
    },
    {
      name: "In flight",
      hint: "Ops after the commit that it has signed",
      numeric: true,
      cell: (member) => groupedOf(Math.max(0, member.head - picture.commit)),
    },
    {
      name: "Last heard",
      numeric: true,
      cell: (member) =>
        member.lastSeenMs === null ? "never" : `${durationOf(member.lastSeenMs)} ago`,
    },
    { name: "Fsync p99", numeric: true, cell: (member) => maybeLatency(member.fsyncMsP99) },
    {
      name: "Rejected",
      hint: "Statements in its name that were refused in the last minute",
      numeric: true,
      cell: (member) =>
        member.rejectedLastMin === 0 ? (
          "0"
        ) : (
          <strong className="text-fault">{groupedOf(member.rejectedLastMin)}</strong>
        ),
    },
    ...(votes === null
      ? []
      : [
          {
            name: "Signed",
            cell: (member: PictureMember) => (votes.includes(member.id) ? "yes" : "not yet"),
          },
        ]),
    {
      name: "Safe to stop",
      hint: "Would the others still be a quorum?",
      cell: (member) => (member.safeToStop ? "yes" : <strong>no</strong>),
    },
  ];
}

function behindOf(picture: PictureState, member: PictureMember): string {
  const ops = lagOpsOf(picture, member);
  if (ops === 0) return "0";
  return member.etaMs === null ? groupedOf(ops) : `${groupedOf(ops)}, ${aboutOf(member.etaMs)}`;
}

function maybeLatency(ms: number | null): string {
  return ms === null ? "–" : latencyOf(ms);
}
