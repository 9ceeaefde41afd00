/** The command that makes a first queue, for a shell with the token in `$TOKEN`. */
export function createQueueCommand(origin: string): string {
  return `curl -X PUT ${origin}/v1/queues/orders -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -d '{}'`;
}

/** The command that prints a token of the development cluster. */
export const devTokenCommand = `node -p 'JSON.parse(fs.readFileSync(".quorate/dev/dev.json")).tokens.viewer'`;
