"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type SubmitEvent, useId, useRef, useState } from "react";
import { liveFeed } from "../lib/live-feed.ts";
import { RequestProblem } from "../lib/problem.ts";
import { beginSession } from "../lib/rest.ts";
import { nextPathOf } from "../lib/session.ts";
import { Button } from "./button.tsx";
import { Command } from "./command.tsx";
import { Logo } from "./logo.tsx";
import { devTokenCommand } from "./queue-commands.ts";

/** Exchanges a token for a session: a cookie that no script can read. The token is not kept. */
export function LoginPage() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-[480px] flex-col justify-center gap-6 p-4 py-10">
      <div className="flex items-center gap-3">
        <Logo size={36} />
        <h1 className="text-xl">Sign in to Quorate</h1>
      </div>
      <TokenForm />
      <div className="text-sm">
        <h2 className="text-sm">Where do I get a token?</h2>
        <p className="mt-1 mb-2">
          From the issuer that your cluster trusts. A development cluster has made some; this prints
          the one that may look at everything:
        </p>
        <Command text={devTokenCommand} />
      </div>
    </main>
  );
}

type SignIn = {
  readonly pending: boolean;
  readonly problem: RequestProblem | null;
  /** Resolves to whether it worked; then the next page is already on its way. */
  readonly signIn: (token: string) => Promise<boolean>;
};

function useSignIn(): SignIn {
  const router = useRouter();
  const client = useQueryClient();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<RequestProblem | null>(null);
  const signIn = async (token: string) => {
    setPending(true);
    setProblem(null);
    try {
      await beginSession(token);
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      setProblem(error);
      setPending(false);
      return false;
    }
    client.clear();
    liveFeed.forget();
    router.replace(nextPathOf(window.location.search));
    return true;
  };
  return { pending, problem, signIn };
}

function TokenForm() {
  const fieldId = useId();
  const problemId = useId();
  const field = useRef<HTMLInputElement>(null);
  const [shown, setShown] = useState(false);
  const { pending, problem, signIn } = useSignIn();
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = (field.current?.value ?? "").trim().replace(/^Bearer\s+/i, "");
    const done = token !== "" && (await signIn(token));
    if (!done) field.current?.focus();
  };
  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="rounded-md border border-hair bg-panel p-5"
    >
      <label htmlFor={fieldId} className="font-semibold text-t1">
        Token
      </label>
      <p className="mt-0.5 mb-2 text-sm text-t3">
        It is exchanged for a session and not kept in this browser.
      </p>
      {/* Password managers file a secret under a name. */}
      <input
        type="text"
        name="username"
        autoComplete="username"
        defaultValue="quorate"
        hidden
        readOnly
      />
      <div className="flex gap-2">
        <input
          ref={field}
          id={fieldId}
          type={shown ? "text" : "password"}
          name="token"
          autoComplete="current-password"
          spellCheck={false}
          required
          aria-invalid={problem !== null}
          aria-describedby={problem === null ? undefined : problemId}
          className="min-h-9 min-w-0 flex-1 rounded-sm border border-border bg-canvas px-3 font-mono text-sm text-t1 pointer-coarse:min-h-11"
        />
        <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? "Hide" : "Show"}
        </Button>
      </div>
      {problem === null ? null : <Refusal id={problemId} problem={problem} />}
      <Button type="submit" look="primary" className="mt-4 w-full" disabled={pending}>
        {pending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

function Refusal({ id, problem }: { readonly id: string; readonly problem: RequestProblem }) {
  const wrong = problem.status === 401 || problem.status === 400;
  return (
    <div id={id} role="alert" className="mt-3 border-l-[3px] border-l-fault pl-3 text-sm">
      <p>
        <strong>{wrong ? "This token is not accepted." : `${problem.title}.`}</strong>{" "}
        {problem.message}
      </p>
      <p className="mt-1 text-t3">
        code <span className="font-mono text-xs">{problem.code}</span>
        {problem.requestId === null ? null : (
          <>
            , request <span className="font-mono text-xs">{problem.requestId}</span>
          </>
        )}
      </p>
    </div>
  );
}
