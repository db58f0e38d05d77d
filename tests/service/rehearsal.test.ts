import assert from 'node:assert/strict';
import { rehearse } from '../../runtime/service/rehearsal.ts';
import { GatekeeperLab } from '../support/gatekeeper-lab.ts';

describe('the rehearsal', () => {
  it('plays every call through: admitted, changed and ended by the leader, sent on by the standby', () => {
    const lab = new GatekeeperLab();
    assert.equal(rehearse(lab.state.config), 40);
    assert.equal(rehearse({ ...lab.state.config, policy: 'open-lab' }), 40);
  });

  it('leaves nothing behind', () => {
    const lab = new GatekeeperLab();
    rehearse(lab.state.config);
    assert.equal(lab.state.endpoints.size, 0);
    assert.equal(lab.state.statistics.admissions, 0);
  });
});
