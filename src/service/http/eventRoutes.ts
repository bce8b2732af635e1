import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { JobEvent } from "../events/jobEvents.js";
import { OVER } from "../jobs/store.js";
import { eventOf } from "./jobText.js";
import { eventHeaders, jobEventOut, jobParameters, noneOut, problemOut } from "./schemas.js";
import type { Service } from "./service.js";
import { Streams, type StreamLimits } from "./streams.js";
import { requireJob } from "./ticket.js";

const DESCRIPTION = `Server-sent events: "state" for each state that the job comes to, from the first, or from the one after
Last-Event-ID. The stream ends when the job is over. Where nothing follows any more: 204.`;

/** What becomes of a job, as it happens. */
export function eventRoutes(service: Service, limits: StreamLimits): FastifyPluginAsyncZod {
  return async (server) => {
    const { events, metrics } = service;
    const streams = new Streams(limits, (open) => metrics.streaming(open));
    server.addHook("preClose", async () => streams.close());

    server.get(
      "/jobs/:id/events",
      {
        // One would never end.
        exposeHeadRoute: false,
        schema: {
          summary: "How a job goes on, as it happens",
          description: DESCRIPTION,
          params: jobParameters,
          headers: eventHeaders,
          response: { 200: jobEventOut, 204: noneOut, 404: problemOut, 429: problemOut, 503: problemOut },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const after = Number(request.headers["last-event-id"] ?? -1);
        const { state } = await requireJob(service, id, request.headers.authorization);
        const known = await events.after(id, after);
        if (known.length === 0 && OVER.includes(state))
          return reply.code(204).header("cache-control", "no-store").send(null);
        // The client may have gone meanwhile.
        if (reply.raw.destroyed) return reply.hijack();
        const ending = new AbortController();
        const stream = streams.start(request, reply, () => ending.abort());
        const tell = (news: readonly JobEvent[]) => {
          for (const event of news) {
            stream.send(event.n, "state", JSON.stringify(eventOf(event)));
            if (OVER.includes(event.state)) stream.end();
          }
        };
        tell(known);
        events.follow(id, known.at(-1)?.n ?? after, tell, ending.signal);
        return reply;
      },
    );
  };
}
