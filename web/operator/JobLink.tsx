import { shortText } from "../parts/words.js";

/** A link to what the chain says of a job. */
export function JobLink({ id }: { id: string }) {
  return (
    <a href={`jobs/${id}`} title={id}>
      <code>{shortText(id)}</code>
    </a>
  );
}
