/** A lab as one: the account, the hosts behind it, and what they ask of AWS. */
export { Lab, type LabArgs } from './lab.ts';
export { LabMachines, type LabMachinesArgs } from './machines.ts';
