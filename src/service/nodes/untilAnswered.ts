import { setTimeout as wait } from "node:timers/promises";
import type { ErrorCode } from "../../errors/codes.js";
import { Torch2CircomError } from "../../errors/torch2circomError.js";
import { problemOf, type Log } from "../log.js";

/** Milliseconds until the nodes are asked again. */
const AGAIN = 3000;

/** What may be otherwise the next time. A wrong chain, or contracts that are not there, will not. */
const PASSING: readonly ErrorCode[] = ["NETWORK_UNREACHABLE", "NODE_REFUSED"];

/**
 * Does what needs a node of the chain, again and again while none answers.
 *
 * @param work asks the nodes
 * @param log gets a line when the waiting begins, whenever its reason changes, and when it ends
 * @param onWait is called before each time of waiting
 * @throws whatever `work` throws but for nodes that do not answer
 */
export async function untilAnswered<Answer>(
  work: () => Promise<Answer>,
  log: Log,
  onWait: () => Promise<void> = () => Promise.resolve(),
): Promise<Answer> {
  for (let said: string | undefined; ; await wait(AGAIN)) {
    try {
      const answer = await work();
      if (said !== undefined) log({}, "A node answers: the service starts");
      return answer;
    } catch (error) {
      if (!(error instanceof Torch2CircomError) || !PASSING.includes(error.code)) throw error;
      const problem = problemOf(error);
      if (problem.problem !== said)
        log({ ...problem }, "No node of the chain answers: the service waits for one");
      said = problem.problem;
      await onWait();
    }
  }
}
