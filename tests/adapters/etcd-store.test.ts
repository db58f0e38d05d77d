import { labEtcd } from '../support/etcd-cluster.ts';
import { storeContract } from '../support/store-contract.ts';

describe('EtcdStore on a real cluster of three', () => {
  const lab = labEtcd('suite');
  storeContract('EtcdStore', async () => ({
    store: lab().store(),
    another: async () => lab().store(1, 2, 0),
    close: async () => {},
  }));
});
