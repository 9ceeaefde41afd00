import type { ComponentProps } from "react";

const looks = {
  primary: "bg-commit text-on-commit font-semibold border-commit hover:brightness-110",
  plain: "bg-panel text-t1 border-border hover:bg-raised",
} as const;

/** A button; `primary` is the one main action of a page. At least 32 px high, 44 px for fingers. */
export function Button({
  look = "plain",
  className = "",
  ...rest
}: ComponentProps<"button"> & { readonly look?: keyof typeof looks }) {
  return (
    <button
      type="button"
      className={`inline-flex min-h-8 items-center justify-center gap-2 rounded-sm border px-3 text-sm transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-60 motion-reduce:transition-none pointer-coarse:min-h-11 ${looks[look]} ${className}`}
      {...rest}
    />
  );
}
