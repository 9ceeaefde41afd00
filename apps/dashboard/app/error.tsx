"use client";

import { Button } from "../components/button.tsx";
import { DeadEnd } from "../components/dead-end.tsx";

/** A page that broke while it was drawn. Nothing was sent to the cluster by that. */
export default function PageError({
  error,
  reset,
}: {
  readonly error: Error & { readonly digest?: string };
  readonly reset: () => void;
}) {
  return (
    <DeadEnd title="This page broke">
      <p>
        Drawing it failed: <span className="font-mono text-t1">{error.message}</span>. The cluster
        is not affected.
      </p>
      <p className="mt-4">
        <Button onClick={reset}>Draw it again</Button>
      </p>
    </DeadEnd>
  );
}
