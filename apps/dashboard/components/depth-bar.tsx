import type { LiveQueueStats } from "@quorate/contract";

/** The parts of a depth in the order of a message's life, each told by texture as well as by tone. */
export const depthParts = ["ready", "blocked", "leased", "scheduled", "dead"] as const;

/** See `depthParts`. */
export type DepthPart = (typeof depthParts)[number];

/** The width of one part in a hundred; a part that exists is at least this wide. */
const partMin = 1.5;

/** Each part's x and width in a bar of 100: shares of the whole, small ones kept visible. Pure. */
export function depthSharesOf(
  stats: LiveQueueStats,
): readonly { readonly part: DepthPart; readonly x: number; readonly width: number }[] {
  const present = depthParts.filter((part) => stats[part] > 0);
  const total = present.reduce((sum, part) => sum + stats[part], 0);
  const widths = present.map((part) => Math.max(partMin, (100 * stats[part]) / total));
  const scale = 100 / widths.reduce((sum, width) => sum + width, 0);
  let x = 0;
  return present.map((part, k) => {
    const width = (widths[k] ?? 0) * scale;
    const share = { part, x, width };
    x += width;
    return share;
  });
}

const fills: Readonly<Record<DepthPart, string>> = {
  ready: "var(--t2)",
  blocked: "url(#depth-blocked)",
  leased: "url(#depth-leased)",
  scheduled: "var(--raised)",
  dead: "var(--fault)",
};

/** The textures of the parts; once per page. */
export function DepthTextures() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="absolute">
      <defs>
        <pattern
          id="depth-leased"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="5" height="5" fill="var(--panel)" />
          <rect width="2.2" height="5" fill="var(--t2)" />
        </pattern>
        <pattern id="depth-blocked" width="4" height="4" patternUnits="userSpaceOnUse">
          <rect width="4" height="4" fill="var(--raised)" />
          <circle cx="2" cy="2" r="1.1" fill="var(--t2)" />
        </pattern>
      </defs>
    </svg>
  );
}

/** How a queue's messages divide into states. The numbers beside it say the same. */
export function DepthBar({ stats }: { readonly stats: LiveQueueStats }) {
  return (
    <svg aria-hidden="true" className="block h-3 w-full md:w-40">
      <rect y="11" width="100%" height="1" fill="var(--hair)" />
      {depthSharesOf(stats).map(({ part, x, width }) => (
        <Part key={part} part={part} x={`${x}%`} width={`${width}%`} />
      ))}
    </svg>
  );
}

/** A part with a seam of the ground's colour; what is only due later is an outline. */
function Part({
  part,
  x,
  width,
}: {
  readonly part: DepthPart;
  readonly x: string;
  readonly width: string;
}) {
  if (part === "scheduled") {
    return (
      <rect x={x} y="0.5" width={width} height="11" fill={fills[part]} stroke="var(--border)" />
    );
  }
  return <rect x={x} width={width} height="12" fill={fills[part]} stroke="var(--panel)" />;
}

/** What the textures mean. */
export function DepthLegend() {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-t3">
      {depthParts.map((part) => (
        <li key={part} className="flex items-center gap-1.5">
          <svg width="14" height="10" viewBox="0 0 14 10" aria-hidden="true">
            <rect
              x="0.5"
              y="0.5"
              width="13"
              height="9"
              fill={fills[part]}
              stroke={part === "scheduled" ? "var(--border)" : "none"}
            />
          </svg>
          {part}
        </li>
      ))}
    </ul>
  );
}
