import { useWallets } from "../parts/wallet/useWallets.js";
import { Output } from "./Output.js";
import { Source } from "./Source.js";
import { State } from "./State.js";
import { Steps } from "./Steps.js";
import { JobTerms } from "./JobTerms.js";
import { Transactions } from "./Transactions.js";
import { useJob, usePlace } from "./useJob.js";
import { useModel } from "./useModel.js";

interface Properties {
  /** Of the service. */
  url: string;
  /** The last part of the page's address: a job's id, unless somebody has changed it. */
  text: string;
}

/** What the chain says of one job, for anybody. */
export function App({ url, text }: Properties) {
  const id = /^0x[0-9a-f]{64}$/.exec(text.toLowerCase())?.[0];
  const place = usePlace(url);
  const wallets = useWallets(place?.chainId, undefined);
  const { reading, problem } = useJob(url, id, place, wallets);
  const history = reading?.history;
  const model = useModel(url, history?.job?.modelId);
  return (
    <main>
      <header>
        <h1>Job</h1>
        <p class="id">
          <code>{id ?? text.slice(0, 100)}</code>
        </p>
      </header>
      <article class="card">
        {id === undefined ? (
          <section class="state bad" role="alert">
            <strong>This is not the id of a job</strong>
            <p>An id is 0x and 64 digits from 0 to 9 and from a to f. Check the link.</p>
          </section>
        ) : (
          <>
            {history !== undefined && <State reading={reading!} place={place} />}
            {problem !== undefined && (
              <p class="problem" role="alert">
                {history !== undefined && "Not read again: "}
                {problem}
              </p>
            )}
            {history === undefined && problem === undefined && (
              <p class="status" role="status">
                Reading the chain…
              </p>
            )}
            {history?.fulfilled !== undefined && (
              <Output
                jobId={id}
                fulfilled={history.fulfilled}
                model={model}
                isOwnNode={reading?.wallet !== undefined}
              />
            )}
            {history !== undefined && history.status !== "none" && (
              <>
                <Steps history={history} isOwnNode={reading?.wallet !== undefined} />
                <JobTerms history={history} model={model} />
                <Transactions history={history} />
              </>
            )}
            {reading !== undefined && <Source reading={reading} place={place} model={model} />}
          </>
        )}
      </article>
      <footer class="small">
        <a href={`${url}/`}>Buy a proven answer</a>
      </footer>
    </main>
  );
}
