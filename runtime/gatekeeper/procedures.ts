import { admit } from './admission.ts';
import type { Answer, Caller } from './answer.ts';
import { changeBandwidth } from './bandwidth.ts';
import { discover } from './discovery.ts';
import { disengage } from './disengage.ts';
import { inform } from './information.ts';
import type { Request } from './refusals.ts';
import { register } from './registration.ts';
import type { GatekeeperState } from './state.ts';
import { unregister } from './unregistration.ts';

/** Carries out what a request asks for; gives its answer, none where it wants none. */
export function carryOut(state: GatekeeperState, request: Request, caller: Caller): Answer | undefined {
  switch (request.kind) {
    case 'gatekeeperRequest':
      return discover(state, request.value);
    case 'registrationRequest':
      return register(state, request.value, caller);
    case 'unregistrationRequest':
      return unregister(state, request.value, caller);
    case 'admissionRequest':
      return admit(state, request.value, caller);
    case 'bandwidthRequest':
      return changeBandwidth(state, request.value, caller);
    case 'disengageRequest':
      return disengage(state, request.value, caller);
    case 'infoRequestResponse':
      return inform(state, request.value, caller);
  }
}
