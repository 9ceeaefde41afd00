/** Messages that were stored before the storm, and must be there after it. */
import { fieldsIn, listIn, textIn } from "../integration/rig/answer.ts";
import type { RestClient } from "../integration/rig/rest-client.ts";
import { untilDone } from "../integration/rig/retry.ts";

/** The queue that holds them. */
export const keepsakeQueue = "keepsake";

const path = `/v1/queues/${keepsakeQueue}`;
const names = Array.from({ length: 20 }, (_, index) => `kept-${index}`);

/** See the file. */
export class Keepsake {
  private readonly client: RestClient;

  private constructor(client: RestClient) {
    this.client = client;
  }

  /** Stores the messages in a queue of their own. */
  static async store(client: RestClient): Promise<Keepsake> {
    await untilDone(() => client.put(path, {}));
    const messages = names.map((id) => ({ body: { id }, dedupId: id }));
    await untilDone(() => client.post(`${path}/enqueue/batch`, { messages }));
    return new Keepsake(client);
  }

  /** What is wrong with them now; empty when all are there, once, and nothing else is. */
  async lost(): Promise<readonly string[]> {
    const call = { max: names.length + 1, dequeueId: "keepsake", waitMs: 0 };
    const answer = await untilDone(() => this.client.post(`${path}/dequeue`, call));
    const found = listIn(answer.body, "messages").map((message) => {
      return textIn(fieldsIn(message, "body"), "id");
    });
    if (found.join() === names.join()) return [];
    return [`of ${names.length} messages stored before, there are now: ${found.join()}`];
  }
}
