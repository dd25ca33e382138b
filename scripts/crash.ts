/** Kills a process that writes to a file store, many times: `node scripts/crash.ts [kills] [seed]`. */
import process from 'node:process';
import { crashLoop } from '../test/store/crash.ts';
import { runtimeName } from '../test/support/spawn.ts';

const KILLS_PER_STORE = 10;

const kills = Number(process.argv[2] ?? 100);
const seed = process.argv[3] ?? `${Date.now()}`;
console.log(`${runtimeName()}, ${kills} kills, seed ${seed}`);
let acknowledged = 0;
for (let done = 0; done < kills; done += KILLS_PER_STORE) {
  acknowledged += await crashLoop(Math.min(KILLS_PER_STORE, kills - done), `${seed}-${done}`);
  if (done % 100 === 0) console.log(`${done + KILLS_PER_STORE} kills, ${acknowledged} commits`);
}
console.log(`all of ${acknowledged} acknowledged commits were there, none half`);
