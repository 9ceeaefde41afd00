import type { Page } from "@playwright/test";

/**
 * Collects what a page complains of: exceptions, violations of its Content Security Policy, failed
 * loads. Only the question "who am I" may be refused: that is how a page learns to ask for a token.
 */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    const { url } = message.location();
    const isWhoAmI = url.endsWith("/v1/me") && message.text().includes("401");
    if (message.type() === "error" && !isWhoAmI) complaints.push(`${message.text()} (${url})`);
  });
  return complaints;
}
