/** The routes of queues: what each asks and answers is `packages/rest`, here it is asked. */
import { type Serve, serveRoutes } from "@quorate/rest";
import { hold } from "../cluster/cluster-call.ts";
import { mount, type Mounting } from "../http/mount.ts";
import type { Gateway } from "./gateway.ts";

/** Serves every route of queues but `POST …/dequeue`, which may wait. */
export function mountConversations(mounting: Mounting, { client, host }: Gateway): void {
  const serve: Serve = (route, converse, converseRaw) => {
    mount(
      mounting,
      route,
      (call) => hold(client, converse(call)),
      converseRaw === undefined ? null : (call) => hold(client, converseRaw(call)),
    );
  };
  serveRoutes(serve, host);
}
