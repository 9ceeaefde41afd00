import type { Metadata } from "next";
import Link from "next/link";
import { DeadEnd } from "../components/dead-end.tsx";

/** A page that is not there. */
export const metadata: Metadata = { title: "Not found" };

/** Shown for every address without a page. */
export default function NotFound() {
  return (
    <DeadEnd title="There is no page here">
      <p>
        The address may be mistyped, or come from another version. The cluster’s state is on the{" "}
        <Link href="/" className="text-commit underline underline-offset-2">
          cluster page
        </Link>
        .
      </p>
    </DeadEnd>
  );
}
