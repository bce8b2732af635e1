import { HttpError } from "../../errors/httpError.js";
import type { JobRow } from "../jobs/row.js";
import type { Service } from "./service.js";

/**
 * The job of a request.
 *
 * @param authorization header that holds the job's ticket
 * @throws HttpError 404 where there is no such job, and where the ticket is another's
 */
export async function requireJob(
  service: Service,
  id: string,
  authorization: string | undefined,
): Promise<JobRow> {
  const [, ticket] = /^Bearer ([0-9a-f]{64})$/.exec(authorization ?? "") ?? [];
  const found = ticket === undefined ? undefined : await service.job(id, ticket);
  if (found !== undefined) return found;
  // The same for a job of somebody else and for none: ids are public.
  throw new HttpError(
    404,
    "There is no such job here, or the ticket is not its own",
    "Send the ticket of the quote: Authorization: Bearer …",
    "JOB_NOT_FOUND",
  );
}
