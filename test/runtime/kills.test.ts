import { survivesKills } from "./kills.js";

// The suite of all points is kills.full.test.ts.
survivesKills([{ at: "send", arrives: true }]);
