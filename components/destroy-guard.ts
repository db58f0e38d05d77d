import * as pulumi from '@pulumi/pulumi';

/**
 * Makes `pulumi destroy` refuse all or nothing. The engine goes past what is protected and deletes the rest, each after
 * what depends on it; only its preview stops it, and `--skip-preview` is there to be typed. This component is protected,
 * depends on everything, and so has to go first: as it may not, nothing that it depends on is touched.
 *
 * Made first, it sees all that is registered after it; `keep`, called last, registers it.
 */
export class DestroyGuard {
  readonly #seen: pulumi.Resource[] = [];

  constructor() {
    pulumi.runtime.registerStackTransformation(({ resource }) => {
      this.#seen.push(resource);
      return undefined;
    });
  }

  /** From here on a destroy is refused. */
  keep(name: string): void {
    const dependsOn = this.#seen.filter((resource) => pulumi.CustomResource.isInstance(resource));
    new pulumi.ComponentResource('guardian-council:guard:DestroyGuard', name, {}, { dependsOn, protect: true });
  }
}
