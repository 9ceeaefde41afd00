/** Diagonal textures, one per state hue: hatched means not final yet. Ids are prefixed per drawing. */
export function Hatches({ prefix }: { readonly prefix: string }) {
  return (
    <defs>
      <Hatch id={`${prefix}commit`} colour="var(--commit)" />
      <Hatch id={`${prefix}shift`} colour="var(--shift)" />
      <Hatch id={`${prefix}lag`} colour="var(--lag)" />
    </defs>
  );
}

function Hatch({ id, colour }: { readonly id: string; readonly colour: string }) {
  return (
    <pattern
      id={id}
      width="6"
      height="6"
      patternUnits="userSpaceOnUse"
      patternTransform="rotate(45)"
    >
      <rect width="6" height="6" fill="var(--panel)" />
      <rect width="2.6" height="6" fill={colour} />
    </pattern>
  );
}
