import * as v from "valibot";
import { bearing, placeOf } from "./ask.js";
import { jobForm } from "./forms.js";
import type { Purchase } from "./purchase.js";

/** What a client reads of an event. */
const eventForm = v.object({ state: jobForm.entries.state, hasAnswer: v.boolean() });

/** Characters of an event, at most. */
const MOST_TEXT = 65_536;

/** Milliseconds until a stream begins, and those without a sign of life in it. */
const [BEGIN, SILENCE] = [5000, 40_000];

/** Streams that do not begin, one after another, until no other is asked for. */
const MOST_FAILURES = 3;

/**
 * Hears of a job's events from its service, also in a browser. Each call of the result goes on with the events after those that
 * were heard, as they happen, and ends where the stream ends, fails or is silent: whoever waits then asks. There are none where
 * the service tells of none, or what is between collects them.
 *
 * @param purchase whose job it is
 * @param until milliseconds of the clock (Date.now) at which it ends
 * @param signal ends it before
 */
export function hearing({ jobId, service }: Purchase, until: number, signal?: AbortSignal) {
  let last = "";
  let failures = 0;
  return async function* () {
    if (failures >= MOST_FAILURES) return;
    failures++;
    const control = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => control.abort();
    signal?.addEventListener("abort", end);
    const allow = (time: number) => {
      clearTimeout(timer);
      timer = setTimeout(end, Math.min(time, until - Date.now()));
    };
    allow(BEGIN);
    try {
      const { status, body } = await fetch(placeOf(service.url, `/jobs/${jobId}/events`), {
        headers: { ...bearing(service.ticket), ...(last && { "last-event-id": last }) },
        signal: control.signal,
      });
      // Nothing follows, or there is no room now. All else is a service without events.
      if (status !== 200) failures = [204, 429, 503].includes(status) ? 0 : MOST_FAILURES;
      if (status !== 200 || !body) return;
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        failures = 0;
        allow(SILENCE);
        const blocks = (text + next.value).split("\n\n");
        text = blocks.pop()!;
        if (text.length > MOST_TEXT) return;
        for (const block of blocks) {
          const [, id, data] = /^id: (\d+)\nevent: state\ndata: (.*)$/.exec(block) ?? [];
          if (!id) continue;
          last = id;
          yield v.parse(eventForm, JSON.parse(data));
        }
      }
    } catch {
      // Whoever asks is told what is wrong.
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      end();
    }
  };
}
