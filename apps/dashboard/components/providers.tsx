"use client";

import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { RequestProblem } from "../lib/problem.ts";

/** Retries of a read whose problem says that the same bytes may succeed. */
const retriesMax = 1;

/** The cache of what the api answered. */
export function Providers({ children }: { readonly children: ReactNode }) {
  const [client] = useState(newClient);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}

function newClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        // A session that ended is noticed by whoever asks first; asking for `me` leads to the login page.
        const ended = error instanceof RequestProblem && error.status === 401;
        if (ended && query.queryKey[0] !== "me") {
          void client.invalidateQueries({ queryKey: ["me"] });
        }
      },
    }),
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < retriesMax && error instanceof RequestProblem && error.retryable,
        // The api is on this very origin, often on this machine: the browser's guess that the
        // network is down must not keep a request from being tried.
        networkMode: "always",
      },
    },
  });
  return client;
}
