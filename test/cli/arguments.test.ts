import { describe, it } from 'node:test';
import { helpOf, parseArguments } from '../../src/cli/arguments.ts';
import { allCommands, chooseCommand } from '../../src/cli/commands.ts';
import { assert, assertEquals, assertStringIncludes } from '../support/assert.ts';

async function parse(line: string) {
  const choice = await chooseCommand(line.split(' '));
  assert(choice.kind === 'command', line);
  return parseArguments(choice.command, choice.rest);
}

const MISTAKES: readonly (readonly [line: string, problem: string])[] = [
  ['user add', 'NAME is missing'],
  ['user add alice bob', 'unexpected argument "bob"'],
  ['user add alice --emial a@b.c', '--emial is not a flag of this command; did you mean --email?'],
  ['user add alice --wibble', '--wibble is not a flag of this command'],
  ['serve --prot 1', '--prot is not a flag of this command; did you mean --port?'],
];

describe('the command line', () => {
  for (const [line, problem] of MISTAKES) {
    it(`refuses ${line}`, async () => assertEquals(await parse(line), { ok: false, problem }));
  }

  it('refuses a flag without its value, in one line', async () => {
    const parsed = await parse('user add alice --email');
    assert(!parsed.ok);
    assert(!parsed.problem.includes('\n'));
    assertStringIncludes(parsed.problem, 'email');
  });

  it('takes flags before and after arguments, and repeated ones', async () => {
    assertEquals(await parse('user add --group a alice --group b --email=x@y.z'), {
      ok: true,
      value: { positionals: ['alice'], flags: { group: ['a', 'b'], email: 'x@y.z' } },
    });
  });

  it('takes ids that begin with a dash', async () => {
    const id = '-p4L5xkRlHjJ0hqkGxQm7w';
    assertEquals(await parse(`session revoke ${id} --json`), {
      ok: true,
      value: { positionals: [id], flags: { json: true } },
    });
    assertEquals(await parse(`delivery list --session ${id}`), {
      ok: true,
      value: { positionals: [], flags: { session: id } },
    });
    assertEquals((await parse('user remove -f')).ok, false);
  });

  it('names what an unknown command may mean', async () => {
    assertEquals(await chooseCommand(['user', 'lst']), {
      kind: 'unknown',
      problem: 'there is no command "user lst"; did you mean user list?',
    });
    const choice = await chooseCommand(['constructor']);
    assertEquals(choice.kind, 'unknown');
  });

  it('has a help for every command that names each of its flags', async () => {
    for (const command of await allCommands()) {
      const help = helpOf(command);
      assertStringIncludes(help, `Usage: ostiary ${command.name}`);
      for (const flag of [...Object.keys(command.flags), 'config', 'data', 'json', 'help']) {
        assertStringIncludes(help, `--${flag}`);
      }
    }
  });
});
