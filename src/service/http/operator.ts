import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { HttpError } from "../../errors/httpError.js";

/** Headers by which proxies say that a request is somebody else's. */
const FORWARDED = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
];

/** Hosts that no page elsewhere has: a name of its own could be made to lead here after the page is loaded. */
const OWN_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/** Whether a request comes from this machine, did not pass a proxy that says so, and was not made by a page from elsewhere. */
export function isFromHere({ socket, headers }: Pick<FastifyRequest, "socket" | "headers">): boolean {
  const address = socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  return (
    (address === "::1" || address.startsWith("127.")) &&
    OWN_HOST.test(headers.host ?? "") &&
    FORWARDED.every((name) => !(name in headers))
  );
}

/**
 * Lets nobody pass but who has the operator's token.
 *
 * @param token undefined where there is none: then there is nothing to see
 * @param authorization header of the request
 * @throws HttpError 404 without a token, 401 with another one
 */
export function requireOperator(token: string | undefined, authorization: string | undefined): void {
  if (token === undefined) throw new HttpError(404, "There is nothing at this address", "See /openapi.json.");
  if (authorization !== undefined && timingSafeEqual(hash(authorization), hash(`Bearer ${token}`))) return;
  throw new HttpError(
    401,
    "This is for the service's operator",
    "Send Authorization: Bearer <the operator's token>.",
  );
}

/** Of one length, as the comparison needs them. */
function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
