/** Ends a session that a client took part in, says so, and waits to be killed. */
import * as fs from 'node:fs';
import process from 'node:process';
import { openInstance } from '../../../src/app.ts';
import { requireConfig } from '../../../src/config/parse.ts';
import { endSessionById } from '../../../src/engine/logout/end_session.ts';
import { putSession, startSession } from '../../../src/engine/session.ts';
import { addAlice, quickHasher } from '../../support/op.ts';

const [config = '', mode] = process.argv.slice(2);
const instance = await openInstance(requireConfig(JSON.parse(config)), {
  log: () => {},
  hasher: quickHasher(),
  // A command that comes and goes sends nothing itself.
  isCommand: mode === 'before',
});
await addAlice(instance);
const engine = instance.engine();
const user = await instance.directory.findByUsername('alice');
if (user === undefined) throw new Error('there is no alice');
const { record } = startSession({
  user,
  remember: false,
  amr: ['pwd'],
  acr: 'one_factor',
  previous: undefined,
  place: { address: undefined, user_agent: undefined },
}, engine);
const clients = [{ client_id: 'app', scope: ['openid'], resource: [] }];
await engine.store.commit({ put: putSession({ ...record, clients }, engine) });
if (!await endSessionById(record, 'logout', engine)) throw new Error('it did not end');
fs.writeSync(1, 'ended\n');
setInterval(() => {}, 1000);
