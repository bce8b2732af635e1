import { bitLength } from "./arithmetic.js";

/** The order in which a window's elements enter a tournament, and the bits of |a - b| in each of its matches. */
export interface Tournament {
  readonly order: readonly number[];
  readonly bits: readonly number[];
}

/** Orders that differ in who meets whom first; more are tried for the windows of 4 that most poolings have. */
function ordersOf(window: number): readonly (readonly number[])[] {
  const straight = Array.from({ length: window }, (_, i) => i);
  return window === 4 ? [straight, [0, 2, 1, 3], [0, 3, 1, 2]] : [straight];
}

/**
 * The cheapest tournament (MaxOf), given the greatest |x[i] - x[j]| of every two elements of the window, i < j.
 * A match is between any element on its left side and any on its right; it costs its bits and one.
 */
export function cheapestTournament(window: number, bound: (i: number, j: number) => number): Tournament {
  const tournaments = ordersOf(window).map((order) => ({ order, bits: matchBits(order, bound) }));
  return tournaments.reduce((best, next) => (tournamentCost(next) < tournamentCost(best) ? next : best));
}

/** Constraints of one window. */
export function tournamentCost({ bits }: Tournament): number {
  return bits.reduce((sum, d) => sum + d + 1, 0);
}

function matchBits(order: readonly number[], bound: (i: number, j: number) => number): number[] {
  const bits: number[] = [];
  let players = order.map((element) => [element]);
  while (players.length > 1) {
    const next: number[][] = [];
    for (let j = 0; j + 1 < players.length; j += 2) {
      const [left, right] = [players[j], players[j + 1]];
      const widest = left.flatMap((a) => right.map((b) => bound(Math.min(a, b), Math.max(a, b))));
      bits.push(Math.max(1, ...widest.map(bitLength)));
      next.push([...left, ...right]);
    }
    if (players.length % 2 === 1) next.push(players[players.length - 1]);
    players = next;
  }
  return bits;
}
