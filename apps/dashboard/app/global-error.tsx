"use client";

import { DeadEnd } from "../components/dead-end.tsx";
import "./globals.css";

/** Shown when not even the document around the pages could be drawn. */
export default function GlobalError() {
  return (
    <html lang="en">
      <body>
        <title>Quorate</title>
        <DeadEnd title="The dashboard broke">
          <p>Reload the page. The cluster is not affected: this page only shows it.</p>
        </DeadEnd>
      </body>
    </html>
  );
}
