/** A test of `npm run test:full` alone: it takes long, and a shorter one beside it shows the same of less. */
export const itLong = process.env.TORCH2CIRCOM_TEST_FULL === undefined ? it.skip : it;
