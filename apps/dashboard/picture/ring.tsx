import type { PictureState } from "@quorate/contract";
import { Hatches } from "./hatches.tsx";
import {
  ringLayoutOf,
  ringSize,
  type OuterArc,
  type RingArc,
  type RingLabel,
  type RingLayout,
} from "./ring-layout.ts";

/** The ring: who the members are, who leads, whose turn it is. Says nothing that the caption does not say. */
export function Ring({ picture, id }: { readonly picture: PictureState; readonly id: string }) {
  const layout = ringLayoutOf(picture);
  const prefix = `${id}r`;
  const middle = ringSize / 2;
  return (
    <svg viewBox={`0 0 ${ringSize} ${ringSize}`} className="pic-ring" aria-hidden="true">
      <Hatches prefix={prefix} />
      {layout.outer.map((arc) => (
        <Outer key={`outer ${arc.id}`} arc={arc} />
      ))}
      {layout.arcs.map((arc) => (
        <Arc key={arc.id} arc={arc} prefix={prefix} />
      ))}
      <g transform={`translate(${middle} ${middle})`}>
        <Hand layout={layout} prefix={prefix} />
      </g>
      <text x={middle} y={middle - 23} className="pic-text pic-dim" textAnchor="middle">
        {layout.caption}
      </text>
      <text x={middle} y={middle + 14} className={viewClassOf(layout.view)} textAnchor="middle">
        {layout.view}
      </text>
      <text x={middle} y={middle + 35} className="pic-text" textAnchor="middle">
        {layout.note}
      </text>
    </svg>
  );
}

/** A long number must stay inside the ring. */
function viewClassOf(view: string): string {
  if (view.length <= 4) return "pic-view";
  return view.length <= 6 ? "pic-view pic-view-long" : "pic-view pic-view-longer";
}

const arcStroke = {
  solid: "var(--commit)",
  settled: "var(--settle)",
  hollow: "var(--raised)",
  open: "none",
} as const;

function Arc({ arc, prefix }: { readonly arc: RingArc; readonly prefix: string }) {
  return (
    <>
      {arc.kind === "open" ? (
        <path
          d={arc.path}
          className="pic-line"
          stroke="var(--fault)"
          strokeWidth="2"
          strokeDasharray="5 5"
        />
      ) : (
        <path d={arc.path} className="pic-line" stroke={strokeOf(arc, prefix)} strokeWidth="20" />
      )}
      {arc.rims === "" ? null : <path d={arc.rims} className="pic-line" stroke="var(--border)" />}
      {arc.heartbeat === null ? null : (
        <path d={arc.heartbeat} className="pic-line" stroke="var(--t3)" strokeWidth="2.5" />
      )}
      <Label label={arc.label} />
    </>
  );
}

function strokeOf(arc: RingArc, prefix: string): string {
  if (arc.kind === "behind") return `url(#${prefix}lag)`;
  if (arc.kind === "voting") return `url(#${prefix}shift)`;
  return arcStroke[arc.kind];
}

const outerStroke = {
  learner: { stroke: "var(--border)", strokeDasharray: "none" },
  retiring: { stroke: "var(--border)", strokeDasharray: "2 4" },
  open: { stroke: "var(--fault)", strokeDasharray: "5 5" },
  joined: { stroke: "var(--shift)", strokeDasharray: "none" },
  waiting: { stroke: "var(--shift)", strokeDasharray: "2 4" },
} as const;

function Outer({ arc }: { readonly arc: OuterArc }) {
  return (
    <>
      <path d={arc.path} className="pic-line" strokeWidth="4" {...outerStroke[arc.kind]} />
      {arc.label === null ? null : <Label label={arc.label} />}
    </>
  );
}

function Label({ label }: { readonly label: RingLabel }) {
  if (!label.crossed) {
    return (
      <text x={label.x} y={label.y} className="pic-text pic-name" textAnchor="middle">
        {label.text}
      </text>
    );
  }
  return (
    <>
      <text x={label.x - 8} y={label.y} className="pic-text pic-name" textAnchor="middle">
        {label.text}
      </text>
      <path
        d={`M${label.x + 6} ${label.y - 9}l8 8m0 -8l-8 8`}
        className="pic-line"
        stroke="var(--fault)"
        strokeWidth="2"
      />
    </>
  );
}

function Hand({ layout, prefix }: { readonly layout: RingLayout; readonly prefix: string }) {
  const paint = {
    settled: { fill: "var(--commit)", stroke: "var(--commit)" },
    electing: { fill: `url(#${prefix}shift)`, stroke: "var(--shift)" },
    none: { fill: "none", stroke: "var(--border)" },
  }[layout.hand];
  return (
    <g className="pic-hand" transform={`rotate(${layout.handDegrees})`}>
      <path d={layout.handPath} strokeWidth="1.2" {...paint} />
    </g>
  );
}
