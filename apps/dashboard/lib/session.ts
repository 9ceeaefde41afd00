"use client";

import { useQuery } from "@tanstack/react-query";
import { usePathname, useRouter } from "next/navigation";
import { useEffect } from "react";
import { RequestProblem } from "./problem.ts";
import { fetchMe, type Me } from "./rest.ts";

/** The session may end by itself; it is looked at this often, in ms. */
const meIntervalMs = 60_000;

/** Who is signed in. Null while that is not known; `problem` when asking failed. */
export type SessionState = {
  readonly me: Me | null;
  readonly problem: RequestProblem | null;
  readonly retry: () => void;
};

/** Looks who is signed in, and leads to the login page when nobody is. */
export function useSession(): SessionState {
  const router = useRouter();
  const path = usePathname();
  const query = useQuery({
    queryKey: ["me"],
    queryFn: fetchMe,
    refetchInterval: meIntervalMs,
  });
  const problem = query.error instanceof RequestProblem ? query.error : null;
  const signedOut = problem?.status === 401;
  useEffect(() => {
    if (signedOut) router.replace(`/login/?next=${encodeURIComponent(path)}`);
  }, [signedOut, router, path]);
  return {
    me: signedOut ? null : (query.data ?? null),
    problem: signedOut ? null : problem,
    retry: () => void query.refetch(),
  };
}

/** Whether the scopes allow `cluster:read`. */
export function mayReadCluster(scopes: readonly string[]): boolean {
  return scopes.includes("cluster:read");
}

/** Whether the scopes allow reading any queue at all. */
export function mayReadQueues(scopes: readonly string[]): boolean {
  return scopes.some((scope) => scope.startsWith("read:"));
}

/** The page to go to after signing in: only a path of this site, never another origin. */
export function nextPathOf(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?:[a-z]+\/)*$/.test(next) ? next : "/";
}
