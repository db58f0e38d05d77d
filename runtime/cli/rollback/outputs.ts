import { z } from 'zod';
import { UsageError } from '../failure.ts';

const ipv4 = z.ipv4();
const perHost = <T extends z.ZodType>(of: T) =>
  z.object({
    'gatekeeper-primary': of,
    'gatekeeper-secondary': of,
    mcu: of,
    monitoring: of,
    'sip-gateway': of.nullish(),
  });

const port = z.int().min(1).max(65_535);

/** What a rollback needs of the stack that is stood in for. */
const Original = z.object({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
  interfaces: perHost(z.string().regex(/^eni-[0-9a-f]{8,17}$/)),
  loan: z.object({
    gatekeeperId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/),
    addresses: z.record(z.string(), z.object({ allocationId: z.string().regex(/^eipalloc-[0-9a-f]{8,17}$/) })),
    primaryRasPort: port,
    secondaryRasPort: port,
  }),
});
export type Original = z.output<typeof Original>;

/** What it needs of the rollback stack. */
const StandIn = z.object({
  instances: perHost(z.string().regex(/^i-[0-9a-f]{8,17}$/)),
  addresses: z.object({ public: perHost(ipv4), private: perHost(ipv4) }),
});
export type StandIn = z.output<typeof StandIn>;

/** @throws UsageError with everything that is missing */
export const originalOf = (stack: string, outputs: unknown): Original => read(Original, stack, outputs);

/** @throws UsageError with everything that is missing */
export const standInOf = (stack: string, outputs: unknown): StandIn => read(StandIn, stack, outputs);

function read<T>(schema: z.ZodType<T>, stack: string, outputs: unknown): T {
  const { data, error } = schema.safeParse(outputs);
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new UsageError(
    `the stack ${stack} puts out nothing that a rollback could use; bring it up once with this program:\n${problems.join('\n')}`,
  );
}

/** Where a public address belongs. */
export interface Home {
  readonly host: string;
  readonly allocationId: string;
  readonly interfaceId: string;
}

/** Each public address of the original with the interface that it belongs to; a group of gateways has no interface. */
export const homes = ({ interfaces, loan }: Original): readonly Home[] =>
  Object.entries(interfaces).flatMap(([host, interfaceId]) => {
    const allocationId = loan.addresses[host]?.allocationId;
    return interfaceId == null || allocationId === undefined ? [] : [{ host, allocationId, interfaceId }];
  });
