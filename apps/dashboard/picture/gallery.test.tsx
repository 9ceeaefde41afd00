import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { fixtures } from "./fixtures.ts";
import { looksLive } from "./freshness.ts";
import { Lanes } from "./lanes.tsx";
import { Ring } from "./ring.tsx";
import { phrasesOf } from "./sentence.ts";
import { verdictOf } from "./verdict.ts";

/** More nodes than this in one picture would cost too much at 4 Hz. */
const nodesMax = 250;
const widths = [920, 358];

/** To look at every fixture: run this test, then open the pages in this folder. */
const galleryDir = join(tmpdir(), "quorate-gallery");

describe("the picture of every fixture", () => {
  for (const { name, picture } of fixtures) {
    for (const width of widths) {
      test(`${name} at ${width} px stays small and carries no inline style`, () => {
        const markup = renderToStaticMarkup(
          <>
            <Ring picture={picture} id="t" />
            <Lanes picture={picture} width={width} id="t" />
          </>,
        );
        expect(markup.match(/<[a-z]/g)?.length).toBeLessThanOrEqual(nodesMax);
        expect(markup).not.toMatch(/ style=|NaN|undefined|Infinity| on[a-z]+=/);
      });
    }
  }
});

test("every picture can be written down as a page for people to look at", () => {
  const pages = ["dark", "light"].map((theme) => ({ theme, html: galleryPage(theme) }));
  for (const page of pages) expect(page.html).toContain("commit 184");
  mkdirSync(galleryDir, { recursive: true });
  for (const page of pages) writeFileSync(join(galleryDir, `${page.theme}.html`), page.html);
});

function galleryPage(theme: string): string {
  const here = import.meta.dirname;
  const css = ["../app/tokens.css", "picture.css"].map((file) =>
    readFileSync(join(here, file), "utf8"),
  );
  const body = renderToStaticMarkup(
    <main>
      {fixtures.map((fixture) => (
        <Exhibit key={fixture.name} {...fixture} />
      ))}
    </main>,
  );
  return `<!doctype html><html lang="en" data-theme="${theme}"><head><meta charset="utf-8"><title>Gallery</title><style>${css.join("")}${exhibitCss}</style></head><body>${body}</body></html>`;
}

const exhibitCss = `
body{margin:20px;background:var(--canvas);color:var(--t2);font:14px/20px var(--sans)}
figure{background:var(--panel);border:1px solid var(--hair);border-radius:6px;padding:16px 20px;margin:0 0 16px;width:1210px}
h2{margin:0;font-size:14px;color:var(--t1)} figcaption{max-width:92ch;margin:4px 0 12px} b{color:var(--t1);font-weight:600}
.row{display:grid;grid-template-columns:262px 1fr;gap:24px;align-items:center}
.narrow{width:358px;margin-top:16px;outline:1px dotted var(--hair)}`;

function Exhibit({ name, picture, freshness }: (typeof fixtures)[number]) {
  return (
    <figure className={looksLive(freshness) ? "" : "stale"}>
      <h2>
        {name}: {verdictOf(picture, freshness).badge}
      </h2>
      <figcaption>
        {phrasesOf(picture, freshness).map((phrase, k) =>
          phrase.strong ? <b key={k}>{phrase.text}</b> : phrase.text,
        )}
      </figcaption>
      <div className="row">
        <Ring picture={picture} id={name} />
        <Lanes picture={picture} width={920} id={name} />
      </div>
      <div className="narrow">
        <Lanes picture={picture} width={358} id={`${name}-narrow`} />
      </div>
    </figure>
  );
}
