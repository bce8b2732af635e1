import type { Card } from "../../src/artifacts/cardForm.js";
import type { Listed } from "./listing.js";

interface Properties {
  models: readonly Listed[];
  /** The one that is chosen. */
  listed: Listed;
  /** What its provider calls it. */
  card: Card | undefined;
  onChoose: (id: string) => void;
}

/** Which model is asked, and what it is for. */
export function ModelChoice({ models, listed, card: { title, description } = {}, onChoose }: Properties) {
  return (
    <>
      {models.length > 1 ? (
        <label>
          Model
          <select value={listed.id} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
            {models.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <h2>{listed.name}</h2>
      )}
      {(title ?? description) !== undefined && (
        <p class="small">
          {title !== undefined && <strong>{title}</strong>} {description}
        </p>
      )}
    </>
  );
}
