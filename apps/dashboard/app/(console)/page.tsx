import type { Metadata } from "next";
import { ClusterPage } from "../../components/cluster-page.tsx";

/** See `ClusterPage`. */
export const metadata: Metadata = { title: "Cluster" };

/** Is the cluster fine, and what is the next thing that can hurt it? */
export default function Page() {
  return <ClusterPage />;
}
