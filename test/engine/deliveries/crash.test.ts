import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openInstance } from '../../../src/app.ts';
import { requireConfig } from '../../../src/config/parse.ts';
import { temporaryDirectory } from '../../store/directories.ts';
import { assertEquals } from '../../support/assert.ts';
import { type LogoutRp, OUTBOUND_TO_RP, startLogoutRp } from '../../support/logout_rp.ts';
import { CLIENT, quickHasher } from '../../support/op.ts';
import { runtimeCommand } from '../../support/spawn.ts';

const CHILD = fileURLToPath(new URL('crash_child.ts', import.meta.url));

/** Kills the child when it has ended the session, or when the client has its message and does not answer. */
async function killWhen(mode: 'before' | 'during', config: string, rp: LogoutRp): Promise<void> {
  const { command, args } = runtimeCommand(CHILD, [config, mode]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = new Promise((resolve) => child.on('close', resolve));
  const ended = new Promise((resolve) => child.stdout.once('data', resolve));
  await Promise.race([mode === 'before' ? ended : rp.at('/logout'), gone]);
  child.kill('SIGKILL');
  await gone;
}

describe('T117, T073: a server that is killed', () => {
  for (const mode of ['before', 'during'] as const) {
    it(
      `${mode} the sending has its clients told by the next one on the data`,
      { timeout: 300_000 },
      async () => {
        const place = temporaryDirectory();
        const rp = await startLogoutRp({
          '/logout': (response, count) => {
            if (mode === 'before' || count > 1) response.end();
          },
        });
        const config = {
          issuer: 'http://localhost:9091',
          data: place.path,
          clients: [{ ...CLIENT, backchannel_logout_uri: `${rp.origin}/logout` }],
          outbound: { ...OUTBOUND_TO_RP, timeout: '1m' },
        };
        try {
          await killWhen(mode, JSON.stringify(config), rp);
          assertEquals(rp.received.length, mode === 'before' ? 0 : 1);
          const instance = await openInstance(requireConfig(config), {
            log: () => {},
            hasher: quickHasher(),
          });
          await rp.at('/logout', mode === 'before' ? 1 : 2);
          await instance.engine().deliveries.settled();
          await instance.close();
          assertEquals(rp.received.length, mode === 'before' ? 1 : 2);
        } finally {
          await rp.close();
          place.remove();
        }
      },
    );
  }
});
