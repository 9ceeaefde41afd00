import type { Metadata } from "next";
import { Suspense } from "react";
import { QueuesPage, QueuesSkeleton } from "../../../components/queues-page.tsx";

/** See `QueuesPage`. */
export const metadata: Metadata = { title: "Queues" };

/** Where is work piling up? */
export default function Page() {
  return (
    <Suspense fallback={<QueuesSkeleton />}>
      <QueuesPage />
    </Suspense>
  );
}
