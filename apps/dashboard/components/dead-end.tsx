import type { ReactNode } from "react";
import { Logo } from "./logo.tsx";

/** A page with nothing else on it: what happened, what it means, what to do. */
export function DeadEnd({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[56ch] flex-col justify-center p-6">
      <Logo size={32} />
      <h1 className="mt-6 text-xl">{title}</h1>
      <div className="mt-2 text-base">{children}</div>
    </main>
  );
}
