import { useEffect, useState } from "preact/hooks";
import { ask, ServiceRefusal } from "../../src/client/service/ask.js";
import { wordsOf } from "../parts/words.js";
import { operatorForm, type Operator } from "./form.js";

/** Milliseconds between two questions, and for an answer. */
const [INTERVAL, PATIENCE] = [3_000, 10_000];

/** What the service has told. */
export interface Told {
  readonly state?: Operator;
  /** Why it has told nothing the last time. */
  readonly problem?: string;
  /** The token is not the operator's, or the service has none. */
  readonly isRefused?: boolean;
}

const SILENT = "The service does not answer.";

const REFUSED: Readonly<Record<number, string>> = {
  401: "This is not the operator's token of this service.",
  404: "This service has no operator's token any more: load this page again.",
};

/** Asks the service every few seconds. @param token undefined while there is none: nothing is asked */
export function useOperator(url: string, token: string | undefined): Told {
  const [told, setTold] = useState<Told>({});
  useEffect(() => {
    if (token === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let isWanted = true;
    const look = async () => {
      try {
        const state = await ask(url, "/operator/state", operatorForm, { ticket: token, timeout: PATIENCE });
        if (isWanted) setTold({ state });
      } catch (error) {
        const refused = error instanceof ServiceRefusal ? REFUSED[error.status] : undefined;
        if (!isWanted) return;
        if (refused !== undefined) return setTold({ problem: refused, isRefused: true });
        setTold(({ state }) => ({
          state,
          problem: error instanceof ServiceRefusal ? wordsOf(error) : SILENT,
        }));
      }
      if (isWanted) timer = setTimeout(() => void look(), INTERVAL);
    };
    setTold({});
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [url, token]);
  return told;
}
