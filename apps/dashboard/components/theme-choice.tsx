"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";
import { chooseTheme, currentTheme, type Theme, themes, watchTheme } from "../lib/theme.ts";

const faces = {
  system: { label: "System", Icon: Monitor },
  light: { label: "Light", Icon: Sun },
  dark: { label: "Dark", Icon: Moon },
} as const;

/** System, light or dark. */
export function ThemeChoice() {
  const theme = useSyncExternalStore<Theme>(watchTheme, currentTheme, () => "system");
  return (
    <fieldset>
      <legend className="text-xs text-t3">Theme</legend>
      <div className="mt-1 grid grid-cols-3 overflow-hidden rounded-sm border border-border">
        {themes.map((each) => {
          const { label, Icon } = faces[each];
          return (
            <label
              key={each}
              className="flex min-h-8 cursor-pointer items-center justify-center gap-1.5 px-2 text-sm has-checked:bg-commit has-checked:font-semibold has-checked:text-on-commit has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-commit pointer-coarse:min-h-11"
            >
              <input
                type="radio"
                name="theme"
                value={each}
                checked={theme === each}
                onChange={() => chooseTheme(each)}
                className="sr-only"
              />
              <Icon size={14} strokeWidth={1.5} aria-hidden="true" />
              {label}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
