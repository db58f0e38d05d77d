import { describeRollback } from './support/rollback-suite.ts';

describeRollback('staging');
