import { useState } from "preact/hooks";
import { wordsOf } from "../../parts/words.js";

/** One thing after another: what is done, and what went wrong with it. */
export function useBusy() {
  const [isBusy, setBusy] = useState(false);
  const [status, setStatus] = useState("");
  /** @param doing what is said meanwhile */
  const run = async (doing: string, work: () => Promise<void>) => {
    setBusy(true);
    setStatus(doing);
    try {
      await work();
      setStatus("");
    } catch (error) {
      setStatus(wordsOf(error));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, status, setStatus, run };
}
