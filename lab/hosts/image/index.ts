export { ensureImage, type ImageArgs, imageFolder, imageId } from './build.ts';
export { type AwsAccess, hostFiles } from './recipe.ts';
