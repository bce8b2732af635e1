import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { Fleet } from "../../../test/service/running/fleet.js";
import { Market } from "../../../test/service/running/market.js";
import { rounded } from "./sales.js";

/** Requests at a time. */
const AT_A_TIME = 16;

/** How many quotes a service makes in a second. @param seconds to measure for */
export async function measureQuotes(seconds: number): Promise<number> {
  const market = await Market.open();
  const fleet = await Fleet.start(market, 1, { promise: 1_000_000 });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });
  try {
    const url = `${await fleet.url()}/models/iris/quotes`;
    const body = JSON.stringify({
      client: await market.client.getAddress(),
      inputs: { x: [0.1, 0.2, 0.3, 0.4] },
    });
    const ask = async (): Promise<number> => {
      const headers = { "content-type": "application/json", "content-length": body.length };
      const sent = request(url, { method: "POST", agent, headers }).end(body);
      const [answer] = (await once(sent, "response")) as [IncomingMessage];
      answer.resume();
      await once(answer, "end");
      return answer.statusCode!;
    };
    // Until the prover is there, which promises are made for.
    while ((await ask()) !== 201);
    for (let i = 0; i < 100; i++) await ask();
    const start = performance.now();
    let quotes = 0;
    const client = async () => {
      while (performance.now() - start < 1000 * seconds) {
        const status = await ask();
        if (status !== 201) throw new Error(`a quote was answered with ${status}`);
        quotes++;
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, client));
    return rounded(quotes / ((performance.now() - start) / 1000), 0);
  } finally {
    agent.destroy();
    await fleet.close();
    await market.close();
  }
}
