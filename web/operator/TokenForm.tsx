import { useState } from "preact/hooks";

interface Properties {
  isAsking: boolean;
  /** Why the last token opened nothing. */
  problem: string | undefined;
  onToken: (token: string) => void;
}

/** Asks for the token, which this tab keeps until it is closed. */
export function TokenForm({ isAsking, problem, onToken }: Properties) {
  const [text, setText] = useState("");
  const token = text.trim();
  return (
    <form
      class="next"
      onSubmit={(event) => {
        event.preventDefault();
        // What a header cannot have is no token.
        if (/^[\x21-\x7e]+$/.test(token)) onToken(token);
      }}
    >
      <label>
        Operator's token
        <input
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={text}
          aria-describedby="token-words"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <p class="small" id="token-words">
        <code>operatorToken</code> of the service's configuration. It is kept in this tab until you close it.
      </p>
      <button class="primary" type="submit" disabled={isAsking}>
        Open
      </button>
      <p class="problem" role="alert">
        {problem}
      </p>
    </form>
  );
}
