/** All routes on one Express application; what is no route is a page, a 405 or a 404. */
import { ApiError, type Method, routes } from "@quorate/contract";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Mounting } from "./http/mount.ts";
import { type ErrorLog, sendProblem } from "./http/problem.ts";
import { mountCluster } from "./routes/cluster.ts";
import { mountConversations } from "./routes/conversations.ts";
import { mountDequeue } from "./routes/dequeue.ts";
import type { Gateway } from "./routes/gateway.ts";
import { type Measured, mountMetrics } from "./routes/metrics.ts";
import { mountProbes, type Probed } from "./routes/probes.ts";
import { mountSession } from "./routes/session.ts";
import { mountTrust } from "./routes/trust.ts";
import type { Dashboard } from "./http/static.ts";
import type { RefusalPace } from "./load/refusal-pace.ts";

/** What the application is made of. */
export interface AppParts extends Omit<Mounting, "app" | "rates"> {
  readonly gateway: Gateway;
  readonly probed: Probed;
  readonly measured: Measured;
  readonly dashboard: Dashboard;
  readonly log: ErrorLog;
  readonly refusalPace: RefusalPace;
}

/** The application. The busiest routes come first: Express tries them in this order. */
export function createApp(parts: AppParts): Express {
  const { gateway, probed, measured, dashboard, log, metrics, refusalPace } = parts;
  const app = express();
  app.set("case sensitive routing", true);
  app.set("strict routing", true);
  app.set("query parser", false);
  app.set("etag", false);
  app.set("x-powered-by", false);
  const mounting: Mounting = { ...parts, app, rates: gateway.rates };
  mountDequeue(mounting, gateway);
  mountConversations(mounting, gateway);
  mountCluster(mounting, gateway);
  mountTrust(mounting, gateway);
  mountSession(mounting, gateway);
  mountProbes(mounting, probed);
  mountMetrics(mounting, measured);
  app.use((request: Request, response: Response) => {
    if (dashboard.serve(request, response)) return;
    const error = noRoute(request.path);
    const isPage = error.code === "route-not-found" && !request.path.startsWith("/v1/");
    if (isPage && dashboard.serveMissing(request, response)) return;
    throw error;
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    return sendProblem(error, { request, response, log, metrics, refusalPace });
  });
  return app;
}

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: readonly Method[];
}

const knownPaths: readonly KnownPath[] = [...new Set(routes.map(({ path }) => path))].map(
  (path) => ({
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replaceAll(/:\w+/g, "[^/]+")}$`),
    methods: routes.filter((route) => route.path === path).map(({ method }) => method),
  }),
);

/** Why no route took the request: another method would, or there is none. */
function noRoute(path: string): ApiError {
  const known = knownPaths.filter(({ pattern }) => pattern.test(path));
  if (known.length === 0) return new ApiError("route-not-found");
  const methods = known.flatMap((each) => each.methods.map((method) => method.toUpperCase()));
  const allow = methods.includes("GET") ? [...methods, "HEAD"] : methods;
  return new ApiError("method-not-allowed", { allow });
}
