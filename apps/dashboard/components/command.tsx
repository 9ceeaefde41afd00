"use client";

import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "./button.tsx";

/** One command to copy. It wraps, so that all of it can be read on a phone. */
export function Command({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="flex items-start gap-2 rounded-sm border border-hair bg-raised p-2">
      <code className="min-w-0 flex-1 py-1.5 font-mono text-xs break-words whitespace-pre-wrap text-t1">
        {text}
      </code>
      <Button onClick={() => void copy()} aria-label={copied ? "Copied" : "Copy the command"}>
        {copied ? (
          <Check size={14} strokeWidth={1.5} aria-hidden="true" />
        ) : (
          <Copy size={14} strokeWidth={1.5} aria-hidden="true" />
        )}
      </Button>
    </div>
  );
}
