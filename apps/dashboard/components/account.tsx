"use client";

import { CircleUser, LogOut } from "lucide-react";
import { useState } from "react";
import { RequestProblem } from "../lib/problem.ts";
import { endSession, type Me } from "../lib/rest.ts";
import { Button } from "./button.tsx";
import { ThemeChoice } from "./theme-choice.tsx";

/** Who is signed in, what for, the theme, and the way out. */
export function Account({ me }: { readonly me: Me | null }) {
  return (
    <>
      <Button popoverTarget="account" className="px-2">
        <CircleUser size={16} strokeWidth={1.5} aria-hidden="true" />
        <span className="sr-only">Account and theme</span>
        <span className="hidden max-w-[18ch] truncate md:inline">{me?.subject ?? "…"}</span>
      </Button>
      <div
        id="account"
        popover="auto"
        className="account w-72 rounded-md border border-hair bg-panel p-4 text-t2 shadow-lg"
      >
        {me === null ? null : (
          <dl className="mb-4 grid gap-2 text-sm">
            <Fact name="Signed in as">{me.subject}</Fact>
            <Fact name="Issued by">{me.issuer}</Fact>
            <Fact name="Scopes">
              <span className="font-mono text-xs">{me.scopes.join(" ")}</span>
            </Fact>
          </dl>
        )}
        <ThemeChoice />
        <SignOut />
      </div>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-t3">{name}</dt>
      <dd className="break-words text-t1">{children}</dd>
    </div>
  );
}

function SignOut() {
  const [problem, setProblem] = useState<string | null>(null);
  const signOut = async () => {
    try {
      await endSession();
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      if (error.status !== 401) {
        setProblem(`${error.title}: you are still signed in.`);
        return;
      }
    }
    // A whole load, not a route: nothing that was known stays in memory.
    window.location.assign("/login/");
  };
  return (
    <div className="mt-4">
      <Button className="w-full" onClick={() => void signOut()}>
        <LogOut size={14} strokeWidth={1.5} aria-hidden="true" />
        Sign out
      </Button>
      {problem === null ? null : (
        <p role="alert" className="mt-2 text-sm text-fault">
          {problem}
        </p>
      )}
    </div>
  );
}
