/** What the viewer chose; `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

/** All themes, in the order of the control. */
export const themes: readonly Theme[] = ["system", "light", "dark"];

/** Where the choice is kept; `public/theme.js` reads the same key before the first paint. */
const storageKey = "quorate-theme";

/** The theme in force. */
export function currentTheme(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Puts the theme in force and remembers it, where the browser lets us. */
export function chooseTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(storageKey, theme);
  } catch (error) {
    console.warn("The theme cannot be remembered in this browser.", error);
  }
}

/** Calls the listener whenever another theme is put in force; returns how to stop that. */
export function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
