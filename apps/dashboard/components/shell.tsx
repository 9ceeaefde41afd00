"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Inbox, Waypoints } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { durationOf } from "../lib/format.ts";
import { liveFeed } from "../lib/live-feed.ts";
import { useSession } from "../lib/session.ts";
import { useFreshness, useLive } from "../lib/use-live.ts";
import { looksLive } from "../picture/freshness.ts";
import { Account } from "./account.tsx";
import { Announcer } from "./announcer.tsx";
import { Button } from "./button.tsx";
import { FeedState } from "./feed-state.tsx";
import { Logo } from "./logo.tsx";
import { ProblemPanel } from "./states.tsx";

const places = [
  { href: "/", label: "Cluster", Icon: Waypoints },
  { href: "/queues/", label: "Queues", Icon: Inbox },
] as const;

/** What is around every page: where one is, how fresh it is, who one is. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { me, problem, retry } = useSession();
  const live = useLive();
  const freshness = useFreshness(live);
  useLookAgain(live.refusal !== null);
  useLookAgainAfter(live.changes);
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[184px_minmax(0,1fr)] md:grid-rows-[48px_1fr]">
      <a
        href="#page"
        className="sr-only z-20 bg-panel p-3 text-t1 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <header className="sticky top-0 z-10 col-span-2 flex h-12 items-center gap-4 border-b border-hair bg-panel px-4">
        <Link href="/" className="flex shrink-0 items-center gap-2 font-semibold text-t1">
          <Logo size={20} />
          Quorate
        </Link>
        <span className="hidden truncate font-mono text-xs text-t3 lg:inline">{me?.clusterId}</span>
        <div className="ml-auto min-w-0">
          <FeedState live={live} freshness={freshness} />
        </div>
        <Account me={me} />
      </header>
      <Places />
      <div className="min-w-0">
        {live.picture !== null && !looksLive(freshness) ? (
          <NotCurrent
            ageMs={freshness.ageMs}
            offline={freshness.tier === "offline"}
            failures={live.failures}
          />
        ) : null}
        <main id="page" tabIndex={-1} className="max-w-[1440px] p-4 pb-24 outline-none md:p-6">
          {problem === null ? children : <ProblemPanel problem={problem} retry={retry} />}
        </main>
      </div>
      <Announcer picture={live.picture?.message ?? null} freshness={freshness} />
    </div>
  );
}

/** A refused feed may mean that the session is over: asking who is signed in tells, and leads to the login page. */
function useLookAgain(refused: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    if (refused) void client.invalidateQueries({ queryKey: ["me"] });
  }, [refused, client]);
}

/** What was changed through any gateway is asked anew, by whatever page shows it. */
function useLookAgainAfter(changes: number): void {
  const client = useQueryClient();
  useEffect(() => {
    if (changes > 0) void client.invalidateQueries();
  }, [changes, client]);
}

function Places() {
  const path = usePathname();
  return (
    <nav
      aria-label="Pages"
      className="safe-bottom fixed inset-x-0 bottom-0 z-10 border-t border-hair bg-panel md:sticky md:inset-auto md:top-12 md:h-[calc(100dvh-48px)] md:border-t-0 md:border-r md:py-4"
    >
      <ul className="flex md:block">
        {places.map(({ href, label, Icon }) => {
          const here = path === href;
          return (
            <li key={href} className="flex-1">
              <Link
                href={href}
                aria-current={here ? "page" : undefined}
                className={`relative flex min-h-14 flex-col items-center justify-center gap-1 text-xs md:min-h-9 md:flex-row md:justify-start md:gap-3 md:px-4 md:text-base ${here ? "font-semibold text-t1" : "text-t2 hover:bg-raised hover:text-t1"}`}
              >
                {here ? (
                  <span
                    aria-hidden="true"
                    className="absolute inset-x-6 top-0 h-[3px] bg-commit md:inset-x-auto md:inset-y-1 md:left-0 md:h-auto md:w-[3px]"
                  />
                ) : null}
                <Icon size={16} strokeWidth={1.5} aria-hidden="true" />
                {label}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The strip that says that nothing below it is current. */
function NotCurrent({
  ageMs,
  offline,
  failures,
}: {
  readonly ageMs: number | null;
  readonly offline: boolean;
  readonly failures: number;
}) {
  const age = ageMs === null ? "" : ` ${durationOf(ageMs)} ago`;
  return (
    <aside
      aria-label="State of the feed"
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-hair border-l-[3px] border-l-t3 bg-raised px-4 py-2 text-sm md:px-6"
    >
      <p className="min-w-0 flex-1 basis-64">
        <strong>{offline ? "No connection to the gateway." : "The feed is silent."}</strong>{" "}
        {`What you see is what was known${age}. `}
        {failures > 0 ? `Connecting again, attempt ${failures + 1}.` : null}
      </p>
      <Button onClick={() => liveFeed.retry()}>Connect now</Button>
    </aside>
  );
}
