import { CircleSlash, Lock } from "lucide-react";
import type { ReactNode } from "react";
import type { Outcome, RequestProblem } from "../lib/problem.ts";
import { Button } from "./button.tsx";
import { Command } from "./command.tsx";

/** A box with a hairline. */
export function Panel({
  children,
  className = "",
}: {
  readonly children: ReactNode;
  readonly className?: string;
}) {
  return (
    <section className={`rounded-md border border-hair bg-panel p-4 md:px-5 ${className}`}>
      {children}
    </section>
  );
}

const outcomeWords: Readonly<Record<Outcome, string>> = {
  "not-executed": "Nothing has changed.",
  executed: "It was done; only the answer is missing.",
  unknown: "It is not known whether it was done.",
};

/** A request that failed: what happened, what it means, what to do. */
export function ProblemPanel({
  problem,
  retry,
}: {
  readonly problem: RequestProblem;
  readonly retry: () => void;
}) {
  if (problem.code === "scope-missing") return <Forbidden scope={problem.scope} />;
  return (
    <Panel className="border-l-[3px] border-l-fault">
      <div role="alert">
        <h2 className="flex items-center gap-2 text-lg">
          <CircleSlash size={16} strokeWidth={1.5} aria-hidden="true" className="text-fault" />
          {problem.title}
        </h2>
        <p className="mt-1 max-w-[72ch]">
          {problem.message} {outcomeWords[problem.outcome]}
        </p>
      </div>
      <dl className="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <Detail name="code">{problem.code}</Detail>
        <Detail name="outcome">{problem.outcome}</Detail>
        {problem.requestId === null ? null : <Detail name="request">{problem.requestId}</Detail>}
      </dl>
      <div className="mt-4">
        <Button onClick={retry}>Try again</Button>
      </div>
    </Panel>
  );
}

function Detail({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt className="text-t3">{name}</dt>
      <dd className="font-mono text-xs leading-5 break-all text-t1">{children}</dd>
    </div>
  );
}

/** What the token does not allow, and which scope would. */
export function Forbidden({ scope }: { readonly scope: string | null }) {
  return (
    <Panel className="border-l-[3px] border-l-border">
      <h2 className="flex items-center gap-2 text-lg">
        <Lock size={16} strokeWidth={1.5} aria-hidden="true" />
        Your token does not allow this
      </h2>
      <p className="mt-1 max-w-[72ch]">
        {scope === null ? (
          "A scope is missing. "
        ) : (
          <>
            It needs <code className="font-mono text-sm text-t1">{scope}</code>.{" "}
          </>
        )}
        Sign out and in again with a token that has it.
      </p>
    </Panel>
  );
}

/** Nothing is there: one sentence, one command. */
export function Empty({
  title,
  children,
  command,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly command: string;
}) {
  return (
    <Panel>
      <h2 className="text-lg">{title}</h2>
      <p className="mt-1 mb-3 max-w-[72ch]">{children}</p>
      <Command text={command} />
    </Panel>
  );
}

/** A grey bar where a value will stand. */
export function Bone({ className }: { readonly className: string }) {
  return <span className={`block rounded-sm bg-raised ${className}`} />;
}
