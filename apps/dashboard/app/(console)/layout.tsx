import type { ReactNode } from "react";
import { Shell } from "../../components/shell.tsx";

/** The pages that need a session share one shell. */
export default function ConsoleLayout({ children }: { readonly children: ReactNode }) {
  return <Shell>{children}</Shell>;
}
