// Runs before the first paint, so that a chosen theme never flashes. Its own file: the policy allows
// scripts of this origin, and it is the same for every page.
try {
  const theme = localStorage.getItem("quorate-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme is used.
}
