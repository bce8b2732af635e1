import { useEffect, useState } from "preact/hooks";
import { clockText } from "../parts/words.js";
import { Books } from "./Books.js";
import { Failures } from "./Failures.js";
import { Provers } from "./Provers.js";
import { Queues } from "./Queues.js";
import { forgetToken, keepToken, keptToken } from "./token.js";
import { TokenForm } from "./TokenForm.js";
import { useOperator } from "./useOperator.js";

/** What an operator looks at. @param url of the service */
export function App({ url }: { url: string }) {
  const [token, setToken] = useState(keptToken);
  const { state, problem, isRefused } = useOperator(url, token);
  useEffect(() => {
    if (isRefused) forgetToken();
  }, [isRefused]);
  const give = (text: string) => {
    keepToken(text);
    setToken(text);
  };
  const forget = () => {
    forgetToken();
    setToken(undefined);
  };
  const isOpen = token !== undefined && state !== undefined;
  const isGone = isOpen && problem !== undefined;
  return (
    <main class={isGone ? "gone" : undefined}>
      <header>
        <h1>Operator</h1>
        {isOpen ? (
          <p>
            Account <code>{state.provider}</code> on chain {String(state.chainId)}
          </p>
        ) : (
          <p>Books, queue, provers and failures of this service, for who has its operator's token.</p>
        )}
      </header>
      {!isOpen ? (
        <article class="card narrow">
          <TokenForm
            isAsking={token !== undefined && !isRefused && problem === undefined}
            problem={problem}
            onToken={give}
          />
        </article>
      ) : (
        <>
          <p class={isGone ? "banner bad" : "banner"} role="status">
            {isGone
              ? `${problem} What you see is of ${clockText(state.at)}. It is asked again every few seconds.`
              : `As of ${clockText(state.at)}`}
          </p>
          {state.troubles.length > 0 && (
            <section class="banner bad" aria-label="Troubles" role="alert">
              {state.troubles.map(({ step, problem: text }) => (
                <p key={step}>
                  <strong>{step}</strong>: {text}
                </p>
              ))}
            </section>
          )}
          <Books state={state} />
          <Queues state={state} />
          <Provers state={state} />
          <Failures state={state} />
          <p class="tools">
            <button class="quiet" onClick={forget}>
              Forget the token
            </button>
          </p>
        </>
      )}
    </main>
  );
}
