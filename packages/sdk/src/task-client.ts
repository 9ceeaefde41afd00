/** Tasks: what goes on in the cluster after the call that began it was answered. */
import type { Operations, Task } from "./operations.ts";
import type { CallOptions, Send } from "./request.ts";

/** The tasks of the cluster. */
export class TaskClient {
  private readonly send: Send;

  /** Made by `Quorate`. */
  constructor(send: Send) {
    this.send = send;
  }

  /** What the task has done so far; known for 24 h after its end. */
  async get(
    taskId: string,
    { consistency, ...options }: CallOptions & Operations["getTask"]["query"] = {},
  ): Promise<Task> {
    const call = { ...options, params: { taskId }, query: { consistency } };
    return (await this.send("getTask", call)).body;
  }

  /** Ends the task before it is done; what it has moved stays. */
  async cancel(taskId: string, options: CallOptions = {}): Promise<Task> {
    return (await this.send("cancelTask", { ...options, params: { taskId } })).body;
  }
}
