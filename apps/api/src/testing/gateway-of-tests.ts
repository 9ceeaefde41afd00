import { afterAll, expect } from "vitest";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "./test-gateway.ts";

/**
 * A gateway for the tests of a file, which ends after them. What it has logged as an error by then
 * was a bug.
 */
export async function gatewayOfTests(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startTestGateway(options);
  afterAll(async () => {
    await gateway.stop();
    expect(gateway.logged).toEqual([]);
  });
  return gateway;
}
