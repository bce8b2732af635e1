import { survivesKills, type Kill } from "./kills.js";

const calls: Kill[] = [1, 3, 5, 7, 9, 10, 11, 12].map((at, i) => ({ at, arrives: i % 2 === 0 }));
survivesKills([...calls, { at: "send", arrives: false }, { at: "send", arrives: true }]);
