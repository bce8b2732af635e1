import { useEffect, useState } from "preact/hooks";
import { wordsOf } from "../parts/words.js";
import type { Wallets } from "../parts/wallet/useWallets.js";
import type { Place } from "./forms.js";
import { useReader } from "./useReader.js";
import { placeOf, readByService, readByWallet, type Reading } from "./reading.js";

/** Milliseconds between two looks at a job that may change, and at one that is over. */
const [SOON, LATER] = [5_000, 60_000];

/** What is known of a job. */
export interface Known {
  readonly reading?: Reading;
  /** Why nothing was read the last time. */
  readonly problem?: string;
}

/** Where the service's jobs are; undefined until it has said so. */
export function usePlace(url: string): Place | undefined {
  const [place, setPlace] = useState<Place>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let isWanted = true;
    // The job itself is read without, and what fails is said there; but no wallet is asked until the place is known.
    const look = () =>
      placeOf(url).then(
        (found) => isWanted && setPlace(found),
        () => {
          if (isWanted) timer = setTimeout(() => void look(), SOON);
        },
      );
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [url]);
  return place;
}

/** Reads a job again and again: through the wallet's node if it is on the job's chain, otherwise through the service's. */
export function useJob(
  url: string,
  jobId: string | undefined,
  place: Place | undefined,
  wallets: Wallets,
): Known {
  const [known, setKnown] = useState<Known>({});
  const wallet = useReader(wallets, place?.chainId);
  useEffect(() => {
    if (jobId === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let isWanted = true;
    let last: Reading | undefined;
    const read = () =>
      wallet === undefined ? readByService(url, jobId) : readByWallet(place!, wallet, jobId, last?.history);
    const look = async () => {
      try {
        last = await read();
        if (isWanted) setKnown({ reading: last });
      } catch (error) {
        if (isWanted) setKnown(({ reading }) => ({ reading, problem: wordsOf(error) }));
      }
      const isOver = last?.history.status === "fulfilled" || last?.history.status === "refunded";
      if (isWanted) timer = setTimeout(() => void look(), isOver ? LATER : SOON);
    };
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [url, jobId, place, wallet]);
  return known;
}
