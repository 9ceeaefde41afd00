/** A person with a browser and a token, and a real cluster whose primary dies. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { type Cluster, startCluster } from "../integration/rig/cluster.ts";
import { complaintsOf } from "./console.ts";

/** As the supervisor of `npm start` does it. */
const restartMs = 1_000;
const startMsMax = 90_000;
const messages = 42;

const themes = ["Light", "Dark"] as const;
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let cluster: Cluster;
test.beforeAll(async () => {
  test.setTimeout(startMsMax);
  cluster = await startCluster();
  for (const { process } of cluster.replicas) process.restartAfter(restartMs);
});
test.afterAll(() => cluster.stop());

async function signIn(page: Page): Promise<void> {
  await page.goto(cluster.apiUrl);
  await expect(page.getByRole("heading", { name: "Sign in to Quorate" })).toBeVisible();
  await page.getByLabel("Token", { exact: true }).fill(cluster.tokens.viewer);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Cluster", exact: true })).toBeVisible();
}

async function choose(page: Page, theme: (typeof themes)[number]): Promise<void> {
  await page.getByRole("button", { name: "Account and theme" }).click();
  await page.getByText(theme, { exact: true }).click();
  await expect(page.getByRole("radio", { name: theme })).toBeChecked();
  await page.keyboard.press("Escape");
}

async function violationsOn(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(wcag).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** The view number in the sentence below the picture. */
async function viewOn(page: Page): Promise<number> {
  const sentence = await page.getByRole("figure").first().innerText();
  return Number(/leads view ([\d,]+)/.exec(sentence)?.[1]?.replaceAll(",", "") ?? Number.NaN);
}

test("a viewer sees who leads, sees the primary replaced, and signs out", async ({ page }) => {
  const complaints = complaintsOf(page);
  const { id, process } = await cluster.primary();
  await signIn(page);
  const figure = page.getByRole("figure").first();
  await expect(figure).toContainText(`${id} leads view`);
  await expect(figure).toContainText("You can lose 1 replica and keep working.");
  const members = page.getByRole("table", { name: "Members" });
  for (const replica of cluster.replicas) {
    await expect(members.getByRole("rowheader", { name: replica.id })).toBeVisible();
  }

  const viewBefore = await viewOn(page);
  await process.kill();
  await expect.poll(() => viewOn(page)).toBeGreaterThan(viewBefore);
  const { id: next } = await cluster.primary();
  expect(next).not.toBe(id);
  await expect(figure).toContainText(`${next} leads view`);
  // The supervisor starts the old primary again; then there is a margin again.
  await expect(figure).toContainText("You can lose 1 replica and keep working.");

  await page.getByRole("button", { name: "Account and theme" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to Quorate" })).toBeVisible();
  await page.goto(cluster.apiUrl);
  await expect(page.getByLabel("Token", { exact: true })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a queue's depth appears on the queues page while it changes", async ({ page }) => {
  const complaints = complaintsOf(page);
  const admin = cluster.client("admin");
  await signIn(page);
  await page.getByRole("link", { name: "Queues" }).click();
  await expect(page.getByRole("heading", { name: "Queues", exact: true })).toBeVisible();

  await admin.put("/v1/queues/parcels", {});
  const entries = Array.from({ length: messages }, (_, parcel) => ({ body: { parcel } }));
  await admin.post("/v1/queues/parcels/enqueue/batch", { messages: entries });
  const table = page.getByRole("table", { name: "Queues" });
  const row = table.getByRole("row").filter({
    has: page.getByRole("rowheader", { name: "parcels" }),
  });
  await expect(row.getByRole("cell", { name: String(messages), exact: true })).toBeVisible();

  await admin.post("/v1/queues/parcels/dequeue", { max: 10 });
  await expect(row.getByRole("cell", { name: String(messages - 10), exact: true })).toBeVisible();
  await expect(row.getByRole("cell", { name: "10", exact: true })).toBeVisible();
  expect(complaints).toEqual([]);
});

test("a token that nobody issued is refused in words", async ({ page }) => {
  await page.goto(cluster.apiUrl);
  await page.getByLabel("Token", { exact: true }).fill(`${cluster.tokens.viewer}x`);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "token" })).toContainText(
    "This token is not accepted.",
  );
});

for (const theme of themes) {
  test(`no page violates WCAG 2.2 AA in the ${theme.toLowerCase()} theme`, async ({ page }) => {
    const complaints = complaintsOf(page);
    await page.emulateMedia({ colorScheme: theme === "Light" ? "light" : "dark" });
    await page.goto(cluster.apiUrl);
    await expect(page.getByLabel("Token", { exact: true })).toBeVisible();
    expect(await violationsOn(page)).toEqual([]);

    await signIn(page);
    await choose(page, theme);
    await expect(page.getByRole("figure").first()).toContainText("leads view");
    expect(await violationsOn(page)).toEqual([]);

    await page.getByRole("link", { name: "Queues" }).click();
    await expect(page.getByRole("table", { name: "Queues" })).toBeVisible();
    expect(await violationsOn(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
}
