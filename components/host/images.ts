import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import type { Images } from '../boot/index.ts';

/**
 * Asks each image's registry for the digest that its tag stands for today. Hosts pull by digest, so that what was
 * reviewed is what runs, and a tag that was moved shows in the preview.
 * @param tags images by what runs in them, such as `{ jvb: 'jitsi/jvb:stable-10314' }`
 */
export const withDigests = (tags: Images, options: pulumi.InvokeOutputOptions): pulumi.Output<Images> =>
  pulumi.all(
    Object.fromEntries(
      Object.entries(tags).map(([use, name]) => [
        use,
        docker.getRegistryImageOutput({ name }, options).apply(({ sha256Digest }) => `${name}@${sha256Digest}`),
      ]),
    ),
  );
