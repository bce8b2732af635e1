import type { ComponentChildren } from "preact";

/** What the buyer does next. */
export interface Step {
  readonly label: string;
  /** Undefined where there is nothing to do but wait. */
  readonly run?: () => Promise<void>;
}

interface Properties {
  step: Step;
  isBusy: boolean;
  /** What is happening, or what went wrong. */
  status: string;
  /** What stands beside the button: price, deadline, refund. */
  children?: ComponentChildren;
}

/** The one button of the card, its terms, and the line that says what happens. */
export function NextStep({ step: { label, run }, isBusy, status, children }: Properties) {
  return (
    <section class="next" aria-label="Next step">
      {children}
      <button class="primary" disabled={isBusy || run === undefined} onClick={() => void run?.()}>
        {label}
      </button>
      <p class="status" role="status">
        {status}
      </p>
    </section>
  );
}
