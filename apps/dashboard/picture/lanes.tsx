import type { PictureState } from "@quorate/contract";
import { Hatches } from "./hatches.tsx";
import type { LaneNote } from "./lane-notes.ts";
import { lanesLayoutOf, type Lane, type LanesLayout } from "./lanes-layout.ts";

/** The lanes: each log against the commit line, and what is in flight. The caption says the same in words. */
export function Lanes({
  picture,
  width,
  id,
}: {
  readonly picture: PictureState;
  readonly width: number;
  readonly id: string;
}) {
  const layout = lanesLayoutOf(picture, width);
  const prefix = `${id}l`;
  return (
    <svg
      width={layout.width}
      height={layout.height}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      className="pic-lanes"
      aria-hidden="true"
    >
      <Hatches prefix={prefix} />
      <Titles layout={layout} />
      {layout.columns.map((column, k) => (
        <text
          key={k}
          x={column.x}
          y={36}
          className={layout.tight ? "pic-text pic-mono pic-tight" : "pic-text pic-mono"}
          textAnchor="middle"
        >
          {column.count}
        </text>
      ))}
      {layout.lanes.map((lane) => (
        <LaneRow key={lane.id} lane={lane} layout={layout} prefix={prefix} />
      ))}
      <CommitLine layout={layout} />
    </svg>
  );
}

function Titles({ layout }: { readonly layout: LanesLayout }) {
  const footY = layout.lineBottom + 18;
  return (
    <>
      <text x={layout.logLeft} y={14} className="pic-text pic-dim">
        {layout.leftTitle}
      </text>
      <text
        x={layout.compact ? layout.width : layout.lineX + 12}
        y={14}
        className="pic-text pic-dim"
        textAnchor={layout.compact ? "end" : "start"}
      >
        {layout.rightTitle}
      </text>
      <text x={layout.logLeft} y={footY} className="pic-text pic-mono pic-dim">
        {layout.axisLabel}
      </text>
      <text x={layout.width} y={footY} className="pic-text pic-mono pic-dim" textAnchor="end">
        {layout.tickLabel}
      </text>
      <text
        x={layout.compact ? layout.width : layout.lineX}
        y={footY}
        className="pic-text pic-mono pic-commit"
        textAnchor={layout.compact ? "end" : "middle"}
      >
        {layout.commitLabel}
      </text>
    </>
  );
}

function CommitLine({ layout }: { readonly layout: LanesLayout }) {
  const frozen = layout.line === "frozen";
  const stroke = frozen ? (layout.electing ? "var(--shift)" : "var(--fault)") : "var(--commit)";
  return (
    <path
      d={`M${layout.lineX} ${layout.lineTop}V${layout.lineBottom}`}
      className="pic-line pic-commit-line"
      stroke={stroke}
      strokeWidth="3"
      strokeDasharray={frozen ? "7 5" : undefined}
    />
  );
}

type LaneProps = {
  readonly lane: Lane;
  readonly layout: LanesLayout;
  readonly prefix: string;
};

function LaneRow({ lane, layout, prefix }: LaneProps) {
  const hairline = `M${layout.logLeft} ${lane.middleY}H${layout.width}`;
  return (
    <g>
      <LaneLabel lane={lane} layout={layout} />
      <path d={hairline} className="pic-line" stroke="var(--hair)" />
      <Bar lane={lane} layout={layout} />
      <Cells lane={lane} layout={layout} prefix={prefix} />
      {lane.notes.map((note) => (
        <Note key={note.text} note={note} y={lane.middleY + 4} />
      ))}
    </g>
  );
}

function LaneLabel({ lane, layout }: Pick<LaneProps, "lane" | "layout">) {
  const role = lane.primary ? "pic-text pic-name" : "pic-text";
  const right = layout.compact;
  const detailX = right ? layout.lineX - 10 : 28;
  return (
    <>
      <text x={0} y={lane.labelY} className="pic-text pic-name">
        {lane.id}
      </text>
      <text x={28} y={lane.labelY} className={role}>
        {lane.role}
      </text>
      <text
        x={detailX}
        y={right ? lane.labelY : lane.labelY + 16}
        className="pic-text pic-mono pic-dim"
        textAnchor={right ? "end" : "start"}
      >
        {lane.detail}
      </text>
    </>
  );
}

const capFill = {
  commit: "var(--commit)",
  lag: "var(--lag)",
  quiet: "var(--border)",
  none: "none",
} as const;

function Bar({ lane, layout }: Pick<LaneProps, "lane" | "layout">) {
  const width = Math.max(0, lane.headX - layout.logLeft);
  const box = { x: layout.logLeft, y: lane.barTop, width, height: lane.barHeight };
  if (lane.bar === "open") {
    return <rect {...box} fill="none" stroke="var(--fault)" strokeDasharray="5 5" />;
  }
  return (
    <>
      {lane.bar === "learner" ? (
        <rect {...box} className="pic-move" fill="var(--raised)" stroke="var(--border)" />
      ) : (
        <rect {...box} className="pic-move" fill="var(--settle)" />
      )}
      <path d={lane.ticks} className="pic-line" stroke="var(--panel)" strokeWidth="1.5" />
      <rect
        className="pic-move"
        x={Math.max(layout.logLeft, lane.headX - 4)}
        y={lane.barTop}
        width={4}
        height={lane.barHeight}
        fill={capFill[lane.cap]}
      />
      {lane.gap === null ? null : (
        <path
          d={`M${lane.gap.from} ${lane.middleY}H${lane.gap.to}`}
          className="pic-line"
          stroke="var(--lag)"
          strokeWidth="2"
          strokeDasharray="2 5"
        />
      )}
    </>
  );
}

function Cells({ lane, layout, prefix }: LaneProps) {
  const hue = layout.line === "frozen" ? "shift" : "commit";
  return (
    <>
      {lane.unsigned === "" ? null : (
        <path d={lane.unsigned} className="pic-cell" fill="var(--panel)" stroke="var(--border)" />
      )}
      {lane.signed === "" ? null : (
        <path
          d={lane.signed}
          className="pic-cell"
          fill={`url(#${prefix}${hue})`}
          stroke={`var(--${hue})`}
          strokeWidth="1.4"
        />
      )}
    </>
  );
}

function Note({ note, y }: { readonly note: LaneNote; readonly y: number }) {
  const textX = note.warns ? note.x + 18 : note.x;
  return (
    <>
      {note.warns ? (
        <>
          <rect x={note.x - 3} y={y - 12} width={20} height={16} fill="var(--panel)" />
          <path
            d={`M${note.x + 7} ${y - 10}l6.5 11.5h-13zm0 4v3.6m0 2v.6`}
            className="pic-line"
            stroke="var(--fault)"
            strokeWidth="1.4"
          />
        </>
      ) : null}
      <text
        x={textX}
        y={y}
        className={`pic-text pic-note pic-${note.tone}`}
        textAnchor={note.anchor}
      >
        {note.text}
      </text>
    </>
  );
}
