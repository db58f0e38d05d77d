export { type WriterPolicyArgs, writerPolicy } from './policies.ts';
export { WitnessArchive, type WitnessArchiveArgs } from './witness-archive.ts';
