import assert from 'node:assert/strict';
import { keepAwake, spentOf, watchStolen } from '../../bench/processors.ts';

describe("a machine's processors", () => {
  it('are known by what their time went to, guests not counted twice', () => {
    const stat = 'cpu  10 1 20 300 4 0 5 60 7 8\ncpu0 1 2 3 4 5 6 7 8 9 10\n';
    assert.deepEqual(spentOf(stat), { stolen: 60, all: 400 });
    assert.deepEqual(spentOf('cpu 1 2 3 4\n'), { stolen: 0, all: 10 }, 'kernels that do not say');
  });

  it('are watched for what their host takes, a share from 0 to 1', function () {
    if (process.platform !== 'linux') this.skip();
    const share = watchStolen()();
    assert.ok(share >= 0 && share <= 1, `${share}`);
  });

  it('may be kept awake where there is nothing to do it with, to no effect', () => {
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    try {
      keepAwake()();
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
