export { holdings } from './choose.ts';
export type { Holdings } from './holdings.ts';
export { type Loan, LoanError } from './loan.ts';
