import * as v from "valibot";
import { sha256 } from "../../artifacts/hashForms.js";

/**
 * What a coordinator and a contributor say to each other over HTTP, with addresses relative to the coordinator's:
 *
 * - `GET ceremony`: {@link CeremonyState};
 * - `POST queue`, with an invitation as the bearer token where one is needed: {@link Ticket};
 * - `GET queue`, with the ticket as the bearer token, from time to time: {@link Place}; `DELETE queue` leaves;
 * - `GET circuits/<circuit>/transcript` and `GET circuits/<circuit>/key`, of which ranges can be had;
 * - `PUT circuits/<circuit>/contribution`, with the ticket: the key with one contribution more, and its length before it.
 *
 * Errors are problem details (RFC 9457).
 */
export const CEREMONY_FORMAT = "torch2circom-ceremony-1";

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const seconds = v.pipe(v.number(), v.minValue(0), v.maxValue(1e6));

/** Contributors name files after circuits. */
const circuitName = v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/));

export const stateSchema = v.object({
  format: v.literal(CEREMONY_FORMAT),
  /** Of the build. */
  name: circuitName,
  circuits: v.pipe(
    v.array(
      v.object({
        name: circuitName,
        /** Rows of the circuit: a power of two, to which the time of a contribution is proportional. */
        domain: count,
        contributions: count,
        /** Bytes of the key. */
        bytes: count,
        /** The transcript's head. */
        head: sha256,
        /** Whether it takes contributions. */
        isOpen: v.boolean(),
      }),
    ),
    v.minLength(1),
    v.maxLength(1000),
  ),
  /** Whether contributors need an invitation. */
  isByInvitation: v.boolean(),
  /** Contributors in the queue, with the one whose turn it is. */
  queued: count,
  /** Seconds for one contribution, with both transfers. */
  turnSeconds: seconds,
});

export type CeremonyState = v.InferOutput<typeof stateSchema>;

export const ticketSchema = v.object({ ticket: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)) });

export type Ticket = v.InferOutput<typeof ticketSchema>;

export const placeSchema = v.variant("state", [
  v.object({
    state: v.literal("waiting"),
    /** How many are before. */
    before: count,
    /** Seconds until the contributor should ask again. */
    pollSeconds: seconds,
  }),
  v.object({
    state: v.literal("turn"),
    /** Circuits that lack the contributor's contribution. */
    circuits: v.pipe(v.array(circuitName), v.minLength(1), v.maxLength(1000)),
    /** Seconds until the turn is over. */
    seconds,
  }),
  v.object({ state: v.literal("done") }),
]);

export type Place = v.InferOutput<typeof placeSchema>;

/** Problem details, with a code of `ERROR_CODES` and what to do. */
export const problemSchema = v.object({
  status: count,
  title: v.pipe(v.string(), v.maxLength(200)),
  detail: v.pipe(v.string(), v.maxLength(4000)),
  code: v.pipe(v.string(), v.maxLength(50)),
  remedy: v.pipe(v.string(), v.maxLength(4000)),
});
