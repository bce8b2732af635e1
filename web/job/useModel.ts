import { useEffect, useState } from "preact/hooks";
import { fittingModel } from "../../src/client/service/fittingModel.js";
import type { OfferedModel } from "../../src/client/service/serviceModel.js";

/** A model that was looked for: its manifest belongs to its id, or this service has none. */
export type Looked = OfferedModel | "none";

/** The model of a job, if the service sells it. @returns undefined while it is not known */
export function useModel(url: string, id: string | undefined): Looked | undefined {
  const [model, setModel] = useState<Looked>();
  useEffect(() => {
    let isWanted = true;
    if (id !== undefined)
      fittingModel(url, id).then(
        (found) => isWanted && setModel(found),
        () => isWanted && setModel("none"),
      );
    return () => void (isWanted = false);
  }, [url, id]);
  return model;
}
