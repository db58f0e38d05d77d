import assert from 'node:assert/strict';
import type { Values } from '../../../lab/provider/index.ts';
import type { LabProvider } from './lab-provider.ts';

/** What a stand-in must refuse, in AWS's own sentence; and then nothing has changed. */
export const refusals = (lab: () => LabProvider) => {
  const saying = (sentence: string) => (error: Error) => {
    assert(error.message.includes(`api error ${sentence}`), error.message);
    return true;
  };
  return {
    /** It is not made. */
    async refuses(type: string, inputs: Values, sentence: string): Promise<void> {
      const there = lab().cloud.everything().length;
      await assert.rejects(lab().client.make(type, 'refused', inputs), saying(sentence));
      assert.equal(lab().cloud.everything().length, there);
    },
    /** It is not deleted. */
    async stays(type: string, id: string, sentence: string): Promise<void> {
      await assert.rejects(lab().client.delete(type, 'refused', id), saying(sentence));
      assert(lab().cloud.find(type, id));
    },
  };
};
