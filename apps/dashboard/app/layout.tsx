import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Providers } from "../components/providers.tsx";
import "./globals.css";

/** Titles of the pages; each names itself before the product. */
export const metadata: Metadata = {
  title: { default: "Quorate", template: "%s · Quorate" },
  description: "The operators’ view of a Quorate cluster.",
  robots: { index: false, follow: false },
};

/** The browser’s own bars take the colour of the canvas. */
export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: dark)", color: "#0a0f14" },
    { media: "(prefers-color-scheme: light)", color: "#f4f7f9" },
  ],
};

/** The document around every page. The theme is set by its own script before the first paint. */
export default function RootLayout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script src="/theme.js" />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
