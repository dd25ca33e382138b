import { describe, it } from 'node:test';
import { type Attempted, createTurns, type Turns } from '../../../src/engine/deliveries/turns.ts';
import { assertEquals } from '../../support/assert.ts';

interface Work {
  readonly started: string[];
  /** Puts one in; what is called ends it. */
  enter(host: string, client: string, count?: number): void;
  end(name: string, as: Attempted): Promise<void>;
}

function work(turns: Turns): Work {
  const started: string[] = [];
  const ends = new Map<string, (as: Attempted) => void>();
  return {
    started,
    enter(host, client, count = 1) {
      for (let i = 0; i < count; i += 1) {
        const name = `${client}@${host}#${i}`;
        void turns.enter({ host, queue: client }, () => {
          started.push(name);
          return new Promise((resolve) => ends.set(name, resolve));
        });
      }
    },
    async end(name, as) {
      ends.get(name)?.(as);
      await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

describe('T073, T115: whose turn it is', () => {
  it('one client gets two at once; another of the same host goes beside them', async () => {
    const { started, enter, end } = work(createTurns());
    enter('slow.example', 'a', 5);
    enter('slow.example', 'b');
    assertEquals(started, ['a@slow.example#0', 'a@slow.example#1', 'b@slow.example#0']);
    await end('a@slow.example#0', 'answered');
    assertEquals(started.at(-1), 'a@slow.example#2');
    assertEquals(started.length, 4);
  });

  it('one that did not answer gets one at a time, until it answers', async () => {
    const { started, enter, end } = work(createTurns());
    enter('dead.example', 'a', 6);
    await end('a@dead.example#0', 'silent');
    await end('a@dead.example#1', 'silent');
    assertEquals(started.length, 3);
    await end('a@dead.example#2', 'answered');
    assertEquals(started.length, 5);
  });

  it('what was not sent says nothing of who did not answer', async () => {
    const { started, enter, end } = work(createTurns());
    enter('dead.example', 'a', 6);
    await end('a@dead.example#0', 'silent');
    await end('a@dead.example#1', undefined);
    assertEquals(started.length, 3);
  });

  it('those of one host that did not answer leave half of it to its others', async () => {
    const { started, enter, end } = work(createTurns());
    for (let i = 0; i < 8; i += 1) enter('shared.example', `dead${i}`, 3);
    for (let i = 0; i < 4; i += 1) {
      await end(`dead${i}@shared.example#0`, 'silent');
      await end(`dead${i}@shared.example#1`, 'silent');
    }
    for (let i = 4; i < 8; i += 1) {
      await end(`dead${i}@shared.example#0`, 'silent');
      await end(`dead${i}@shared.example#1`, 'silent');
    }
    const before = started.length;
    enter('shared.example', 'alive', 2);
    assertEquals(started.slice(before), ['alive@shared.example#0', 'alive@shared.example#1']);
  });

  it('however many hosts did not answer, half of all is left to those that did', async () => {
    const { started, enter, end } = work(createTurns());
    for (let i = 0; i < 60; i += 1) enter(`dead${i}.example`, 'a');
    for (let i = 0; i < 60; i += 1) await end(`a@dead${i}.example#0`, 'silent');
    started.length = 0;
    for (let i = 0; i < 60; i += 1) enter(`dead${i}.example`, 'a');
    assertEquals(started.length, 50);
    enter('alive.example', 'a', 2);
    assertEquals(started.slice(50), ['a@alive.example#0', 'a@alive.example#1']);
  });

  it('no more than a hundred at once; the next goes when one ends, whoever it is', async () => {
    const { started, enter, end } = work(createTurns());
    for (let i = 0; i < 120; i += 1) enter(`host${i}.example`, 'a');
    assertEquals(started.length, 100);
    await end('a@host7.example#0', 'silent');
    assertEquals(started.at(-1), 'a@host100.example#0');
  });

  it('what waits when everything stops does not begin, and nobody waits for it', async () => {
    const turns = createTurns();
    const { started, enter, end } = work(turns);
    enter('a.example', 'a', 2);
    let resolved = false;
    const left = turns.enter({ host: 'a.example', queue: 'a' }, () => {
      started.push('left');
      return Promise.resolve(undefined);
    }).then(() => resolved = true);
    turns.clear();
    await left;
    await end('a@a.example#0', 'answered');
    assertEquals([resolved, started.includes('left')], [true, false]);
  });
});
